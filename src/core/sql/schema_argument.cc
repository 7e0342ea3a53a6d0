#include "core/sql/schema_argument.h"

#include "base/ascii.h"
#include "core/plan/type_names.h"
#include "core/sql/parser.h"

namespace owlet::sql {

namespace {

// Everything that is read from a text may be missing.
plan::Type AllNullable(const plan::Type& type) {
  switch (type.id()) {
    case plan::TypeId::kArray:
      return plan::Type::Array(AllNullable(type.element()));
    case plan::TypeId::kMap:
      return plan::Type::Map(AllNullable(type.key()), AllNullable(type.value()));
    case plan::TypeId::kRow: {
      std::vector<plan::Field> fields = type.fields();
      for (plan::Field& field : fields) {
        field.type = AllNullable(field.type);
        field.nullable = true;
      }
      return plan::Type::Row(std::move(fields));
    }
    default:
      return type;
  }
}

Result<plan::Type> TypeOf(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first != std::string::npos && (text[first] == '{' || text[first] == '"')) {
    return plan::ParseSparkTypeJson(text);
  }
  if (auto type = ParseSparkType(text); type && type->IsNested()) return type;
  OWLET_TRY(plan::Schema schema, ParseSparkSchema(text));
  return plan::Type::Row(std::move(schema));
}

}  // namespace

Status ReadSchemaArgument(plan::FunctionCall& call) {
  const std::string name = ToLowerAscii(call.name);
  if ((name != "from_json" && name != "from_csv") || call.arguments.size() < 2) return {};
  const auto* literal = std::get_if<plan::Literal>(&call.arguments[1]->node);
  const auto* text = literal == nullptr ? nullptr : std::get_if<std::string>(&literal->value);
  if (text == nullptr) return {};
  OWLET_TRY(const plan::Type type, TypeOf(*text));
  call.arguments[1] =
      plan::MakeExpression(plan::Literal{AllNullable(type), {}}, call.arguments[1]->origin);
  return {};
}

}  // namespace owlet::sql
