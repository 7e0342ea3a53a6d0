#include "core/scan/avro_schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

namespace owlet::scan {

using nlohmann::json;
using plan::Type;
using plan::TypeId;

namespace {

constexpr int kMaximumDepth = 100;

std::unexpected<Error> Bad(const std::string& what) {
  return Fail(Reason::kInvalidArgument, "no valid Avro schema: " + what);
}

const std::map<std::string, AvroKind>& Primitives() {
  static const std::map<std::string, AvroKind> kPrimitives = {
      {"null", AvroKind::kNull},   {"boolean", AvroKind::kBoolean}, {"int", AvroKind::kInt},
      {"long", AvroKind::kLong},   {"float", AvroKind::kFloat},     {"double", AvroKind::kDouble},
      {"bytes", AvroKind::kBytes}, {"string", AvroKind::kString}};
  return kPrimitives;
}

std::string Text(const json& node, const char* key) {
  const auto found = node.find(key);
  return found != node.end() && found->is_string() ? found->get<std::string>() : std::string();
}

int Number(const json& node, const char* key) {
  const auto found = node.find(key);
  return found != node.end() && found->is_number_integer() ? found->get<int>() : 0;
}

std::string FullName(const std::string& name, const std::string& space) {
  return name.find('.') != std::string::npos || space.empty() ? name : space + "." + name;
}

std::string SpaceOf(const std::string& full_name) {
  const std::size_t dot = full_name.rfind('.');
  return dot == std::string::npos ? "" : full_name.substr(0, dot);
}

/// A logical type on a type that it is not for is ignored, as the specification says.
void SetLogical(const json& node, AvroType& type) {
  const std::string name = Text(node, "logicalType");
  const bool is_long = type.kind == AvroKind::kLong;
  static const std::map<std::string, AvroLogical> kOfLong = {
      {"timestamp-millis", AvroLogical::kTimestampMillis},
      {"timestamp-micros", AvroLogical::kTimestampMicros},
      {"timestamp-nanos", AvroLogical::kTimestampNanos},
      {"local-timestamp-millis", AvroLogical::kLocalTimestampMillis},
      {"local-timestamp-micros", AvroLogical::kLocalTimestampMicros},
      {"local-timestamp-nanos", AvroLogical::kLocalTimestampNanos}};
  if (name == "date" && type.kind == AvroKind::kInt) {
    type.logical = AvroLogical::kDate;
  } else if (const auto found = kOfLong.find(name); is_long && found != kOfLong.end()) {
    type.logical = found->second;
  } else if (name == "decimal" &&
             (type.kind == AvroKind::kBytes || type.kind == AvroKind::kFixed)) {
    const int precision = Number(node, "precision");
    const int scale = Number(node, "scale");
    constexpr int kMost = 38;
    if (precision < 1 || precision > kMost || scale < 0 || scale > precision) return;
    type.logical = AvroLogical::kDecimal;
    type.precision = precision;
    type.scale = scale;
  }
}

}  // namespace

/// Reads one schema; names are known from where they are defined.
class AvroSchemaParser {
 public:
  explicit AvroSchemaParser(AvroSchema& schema) : schema_(schema) {}

  Status Run(const json& node) {
    OWLET_TRY(schema_.root_, Parse(node, "", 0));
    return {};
  }

 private:
  AvroType& Add(AvroKind kind) {
    schema_.types_.push_back(std::make_unique<AvroType>());
    schema_.types_.back()->kind = kind;
    return *schema_.types_.back();
  }

  Result<const AvroType*> Parse(const json& node, const std::string& space, int depth) {
    if (depth > kMaximumDepth) return Bad("it is nested too deeply");
    if (node.is_string()) return Reference(node.get<std::string>(), space);
    if (node.is_array()) return Union(node, space, depth);
    if (!node.is_object()) return Bad("a type is a name, an object or a list");
    const auto type = node.find("type");
    if (type == node.end()) return Bad("an object has no \"type\"");
    if (!type->is_string()) return Parse(*type, space, depth + 1);
    const auto name = type->get<std::string>();
    if (const auto primitive = Primitives().find(name); primitive != Primitives().end()) {
      AvroType& added = Add(primitive->second);
      SetLogical(node, added);
      return &added;
    }
    if (name == "array" || name == "map") {
      const auto inner = node.find(name == "array" ? "items" : "values");
      if (inner == node.end()) return Bad(name + " has no type of its items");
      AvroType& added = Add(name == "array" ? AvroKind::kArray : AvroKind::kMap);
      OWLET_TRY(const AvroType* item, Parse(*inner, space, depth + 1));
      added.branches.push_back(item);
      return &added;
    }
    if (name == "record" || name == "error") return Record(node, space, depth);
    if (name == "enum" || name == "fixed") return EnumOrFixed(node, name == "enum", space);
    return Reference(name, space);
  }

  Result<const AvroType*> Reference(const std::string& name, const std::string& space) {
    if (const auto primitive = Primitives().find(name); primitive != Primitives().end()) {
      return &Add(primitive->second);
    }
    for (const std::string& full_name : {FullName(name, space), name}) {
      if (const auto known = names_.find(full_name); known != names_.end()) return known->second;
    }
    return Bad("unknown type " + name);
  }

  Result<const AvroType*> Union(const json& node, const std::string& space, int depth) {
    AvroType& added = Add(AvroKind::kUnion);
    for (const json& branch : node) {
      if (branch.is_array()) return Bad("a union stands directly in a union");
      OWLET_TRY(const AvroType* type, Parse(branch, space, depth + 1));
      added.branches.push_back(type);
    }
    return &added;
  }

  Result<AvroType*> Named(const json& node, AvroKind kind, const std::string& space) {
    const std::string name = Text(node, "name");
    if (name.empty()) return Bad("a record, enum or fixed has no name");
    AvroType& added = Add(kind);
    added.name = FullName(name, node.contains("namespace") ? Text(node, "namespace") : space);
    names_[added.name] = &added;
    return &added;
  }

  Result<const AvroType*> Record(const json& node, const std::string& space, int depth) {
    OWLET_TRY(AvroType * added, Named(node, AvroKind::kRecord, space));
    const auto fields = node.find("fields");
    if (fields == node.end() || !fields->is_array()) return Bad("a record has no fields");
    for (const json& entry : *fields) {
      if (!entry.is_object() || Text(entry, "name").empty() || !entry.contains("type")) {
        return Bad("a field of " + added->name + " has no name or no type");
      }
      AvroField field{.name = Text(entry, "name")};
      if (const auto aliases = entry.find("aliases");
          aliases != entry.end() && aliases->is_array()) {
        for (const json& alias : *aliases) {
          if (alias.is_string()) field.aliases.push_back(alias.get<std::string>());
        }
      }
      if (const auto value = entry.find("default"); value != entry.end()) {
        field.default_json = value->dump();
      }
      const json& type = entry["type"];
      OWLET_TRY(field.type, Parse(type, SpaceOf(added->name), depth + 1));
      // Old writers put the logical type beside the type instead of inside it.
      added->fields.push_back(std::move(field));
    }
    return added;
  }

  Result<const AvroType*> EnumOrFixed(const json& node, bool is_enum, const std::string& space) {
    OWLET_TRY(AvroType * added, Named(node, is_enum ? AvroKind::kEnum : AvroKind::kFixed, space));
    if (!is_enum) {
      const auto size = node.find("size");
      if (size == node.end() || !size->is_number_unsigned()) return Bad("a fixed has no size");
      added->size = size->get<std::size_t>();
      SetLogical(node, *added);
      return added;
    }
    const auto symbols = node.find("symbols");
    if (symbols == node.end() || !symbols->is_array()) return Bad("an enum has no symbols");
    for (const json& symbol : *symbols) {
      if (!symbol.is_string()) return Bad("a symbol of an enum is no text");
      added->symbols.push_back(symbol.get<std::string>());
    }
    return added;
  }

  AvroSchema& schema_;
  std::map<std::string, const AvroType*> names_;
};

Result<std::shared_ptr<const AvroSchema>> AvroSchema::Parse(std::string_view text) {
  const json node = json::parse(text, nullptr, false);
  if (node.is_discarded()) return Bad("it is no JSON");
  auto schema = std::make_shared<AvroSchema>();
  OWLET_CHECK_OK(AvroSchemaParser(*schema).Run(node));
  return schema;
}

std::vector<const AvroType*> ValueBranches(const AvroType& type) {
  std::vector<const AvroType*> branches;
  for (const AvroType* branch : type.branches) {
    if (branch->kind != AvroKind::kNull) branches.push_back(branch);
  }
  return branches;
}

namespace {

bool AreKinds(const std::vector<const AvroType*>& branches, AvroKind a, AvroKind b) {
  return branches.size() == 2 && ((branches[0]->kind == a && branches[1]->kind == b) ||
                                  (branches[0]->kind == b && branches[1]->kind == a));
}

class SparkTypes {
 public:
  Result<plan::Field> FieldOf(std::string name, const AvroType& type) {
    if (type.kind != AvroKind::kUnion) {
      OWLET_TRY(Type converted, Convert(type));
      return plan::Field{.name = std::move(name), .type = std::move(converted), .nullable = false};
    }
    const auto branches = ValueBranches(type);
    const bool nullable = branches.size() < type.branches.size();
    OWLET_TRY(Type converted, ConvertUnion(branches));
    return plan::Field{.name = std::move(name), .type = std::move(converted), .nullable = nullable};
  }

  Result<std::vector<plan::Field>> FieldsOf(const AvroType& record) {
    if (!open_.insert(&record).second) {
      return Fail(
          Reason::kAnalysisError,
          "Found recursive reference in Avro schema, which can not be processed by Spark: " +
              record.name,
          "_LEGACY_ERROR_TEMP_3000");
    }
    std::vector<plan::Field> fields;
    for (const AvroField& field : record.fields) {
      OWLET_TRY(plan::Field converted, FieldOf(field.name, *field.type));
      fields.push_back(std::move(converted));
    }
    open_.erase(&record);
    return fields;
  }

 private:
  Result<Type> ConvertUnion(const std::vector<const AvroType*>& branches) {
    if (branches.empty()) return Type(TypeId::kUnknown);
    if (branches.size() == 1) return Convert(*branches[0]);
    if (AreKinds(branches, AvroKind::kInt, AvroKind::kLong)) return Type(TypeId::kBigint);
    if (AreKinds(branches, AvroKind::kFloat, AvroKind::kDouble)) return Type(TypeId::kDouble);
    std::vector<plan::Field> members;
    for (std::size_t i = 0; i < branches.size(); ++i) {
      OWLET_TRY(Type member, Convert(*branches[i]));
      members.push_back({.name = fmt::format("member{}", i), .type = std::move(member)});
    }
    return Type::Row(std::move(members));
  }

  Result<Type> Convert(const AvroType& type) {
    switch (type.kind) {
      case AvroKind::kNull:
        return Type(TypeId::kUnknown);
      case AvroKind::kBoolean:
        return Type(TypeId::kBoolean);
      case AvroKind::kInt:
        return Type(type.logical == AvroLogical::kDate ? TypeId::kDate : TypeId::kInteger);
      case AvroKind::kLong:
        switch (type.logical) {
          case AvroLogical::kTimestampMillis:
          case AvroLogical::kTimestampMicros:
            return Type(TypeId::kTimestampLocalZone);
          case AvroLogical::kLocalTimestampMillis:
          case AvroLogical::kLocalTimestampMicros:
            return Type::Timestamp();
          default:
            return Type(TypeId::kBigint);
        }
      case AvroKind::kFloat:
        return Type(TypeId::kReal);
      case AvroKind::kDouble:
        return Type(TypeId::kDouble);
      case AvroKind::kBytes:
      case AvroKind::kFixed:
        if (type.logical == AvroLogical::kDecimal) return Type::Decimal(type.precision, type.scale);
        return Type(TypeId::kVarbinary);
      case AvroKind::kString:
      case AvroKind::kEnum:
        return Type::Varchar();
      case AvroKind::kRecord: {
        OWLET_TRY(auto fields, FieldsOf(type));
        return Type::Row(std::move(fields));
      }
      case AvroKind::kArray: {
        OWLET_TRY(plan::Field item, FieldOf("element", *type.branches[0]));
        return Type::Array(std::move(item.type), item.nullable);
      }
      case AvroKind::kMap: {
        OWLET_TRY(plan::Field value, FieldOf("value", *type.branches[0]));
        return Type::Map(Type::Varchar(), std::move(value.type), value.nullable);
      }
      case AvroKind::kUnion:
        return ConvertUnion(ValueBranches(type));
    }
    return Type();
  }

  std::set<const AvroType*> open_;
};

}  // namespace

bool IsMemberUnion(const AvroType& type) {
  const auto branches = ValueBranches(type);
  return branches.size() > 1 && !AreKinds(branches, AvroKind::kInt, AvroKind::kLong) &&
         !AreKinds(branches, AvroKind::kFloat, AvroKind::kDouble);
}

Result<plan::Schema> AvroSchema::SparkColumns() const {
  SparkTypes types;
  if (root_->kind != AvroKind::kRecord) {
    return Fail(Reason::kAnalysisError,
                "Avro schema cannot be converted to a Spark SQL StructType");
  }
  return types.FieldsOf(*root_);
}

}  // namespace owlet::scan
