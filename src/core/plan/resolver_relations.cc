#include <fmt/format.h>

#include <algorithm>

#include "core/plan/resolver_binder.h"
#include "core/plan/resolver_select.h"
#include "core/plan/resolver_statement.h"

// Where rows come from: tables, views, common tables, files, constants, functions in FROM.

namespace owlet::plan {

namespace {

constexpr int kMaximumViewDepth = 100;

}  // namespace

Scope Statement::ScanScope(std::shared_ptr<const TableSource> source,
                           std::vector<std::string> qualifier) {
  Scope scope;
  std::vector<Column> columns;
  ScanNode scan;
  const std::size_t plain =
      source->file_schema.size() + source->partition_schema.size() - source->file_columns.size();
  auto add = [&](const Field& field) {
    const bool made_up = scan.fields.size() >= plain;
    scan.fields.push_back(scan.fields.size());
    columns.push_back({.id = NewId(),
                       .name = field.name,
                       .type = field.type,
                       .nullable = field.nullable,
                       .metadata = field.metadata});
    scope.columns.push_back(
        {.column = columns.back(), .qualifier = qualifier, .hidden = made_up, .made_up = made_up});
  };
  for (const Field& field : source->file_schema) add(field);
  for (const Field& field : source->partition_schema) add(field);
  scan.source = std::move(source);
  scope.node = std::make_shared<const Node>(Node{std::move(scan), std::move(columns)});
  return scope;
}

Scope Statement::UseCommonTable(CommonTableEntry& entry) {
  Scope scope;
  std::vector<Column> columns;
  for (const Column& column : entry.columns) {
    columns.push_back(column);
    columns.back().id = NewId();
    scope.columns.push_back({.column = columns.back(), .qualifier = {entry.name}});
  }
  ++entry.uses;
  scope.node = std::make_shared<const Node>(Node{CteReference{entry.cte}, std::move(columns)});
  return scope;
}

Result<Scope> Statement::ViewScope(const ViewDefinition& view, const ReadTable& node,
                                   const OriginPtr& origin) {
  if (++view_depth_ > kMaximumViewDepth) {
    --view_depth_;
    return Fail(Reason::kRequestTooLarge, "views are nested deeper than 100 levels");
  }
  // A view's names are those of where it was made: its own settings, no common tables of ours.
  Statement inside(view.settings, source_);
  inside.next_id_ = next_id_;
  inside.next_cte_ = next_cte_;
  inside.view_depth_ = view_depth_;
  inside.depth_ = depth_;
  auto resolved = inside.ResolveRelation(view.query, nullptr);
  --view_depth_;
  if (!resolved) return resolved;
  NodePtr body = inside.VisibleNode(*resolved);
  next_id_ = inside.next_id_;
  next_cte_ = inside.next_cte_;
  Scope scope;
  scope.node = body;
  std::vector<Item> items;
  for (std::size_t i = 0; i < body->columns.size(); ++i) {
    const Column& column = body->columns[i];
    BoundPtr value = ReferTo(column);
    std::string name = column.name;
    if (view.schema && i < view.schema->size()) {
      name = (*view.schema)[i].name;
      value = Coerce(std::move(value), (*view.schema)[i].type, session_);
    }
    if (name.empty()) name = fmt::format("_col{}", i);
    items.push_back({.expression = std::move(value),
                     .name = std::move(name),
                     .qualifier = node.name,
                     .metadata = column.metadata});
  }
  static_cast<void>(origin);
  return ProjectItems(scope, std::move(items));
}

Result<Scope> Statement::ResolveNode(const ReadTable& node, const Relation& relation,
                                     const Binder* /*outer*/) {
  if (node.as_of_timestamp || node.as_of_version) {
    return Fail(Reason::kNotImplemented, "time travel (FOR TIMESTAMP / VERSION AS OF)");
  }
  if (node.name.size() == 1) {
    for (auto entry = common_tables_.rbegin(); entry != common_tables_.rend(); ++entry) {
      if (!SameName((*entry)->name, node.name[0], session_)) continue;
      if ((*entry)->in_base) {
        return TrinoError("INVALID_RECURSIVE_REFERENCE", relation.origin,
                          "WITH table name is referenced in the base relation of recursion");
      }
      if (IsTrino() && (*entry)->recursive && (*entry)->uses > 0) {
        return TrinoError("INVALID_RECURSIVE_REFERENCE", relation.origin,
                          "multiple recursive references in the step relation of recursion");
      }
      return UseCommonTable(**entry);
    }
  }
  auto found = source_.FindTable(node.name);
  if (!found) {
    if (found.error().reason == Reason::kDatabaseNotFound && IsTrino() && node.name.size() > 1) {
      return TrinoError("SCHEMA_NOT_FOUND", relation.origin,
                        fmt::format("Schema '{}' does not exist", node.name[node.name.size() - 2]));
    }
    if (found.error().reason == Reason::kTableNotFound ||
        found.error().reason == Reason::kDatabaseNotFound) {
      return TableNotFound(node.name, session_, relation.origin);
    }
    return std::unexpected(PlaceError(std::move(found).error(), session_.dialect, relation.origin));
  }
  if (const auto* view = std::get_if<ViewDefinition>(&*found)) {
    return ViewScope(*view, node, relation.origin);
  }
  auto source = std::get<std::shared_ptr<const TableSource>>(*found);
  std::vector<std::string> qualifier = node.name;
  if (qualifier.size() == 1) qualifier.insert(qualifier.begin(), session_.current_database);
  if (qualifier.size() == 2) {
    qualifier.insert(qualifier.begin(), IsSpark() ? "spark_catalog" : session_.current_catalog);
  }
  return ScanScope(std::move(source), std::move(qualifier));
}

Result<Scope> Statement::ResolveNode(const ReadFiles& node, const Relation& /*relation*/,
                                     const Binder* /*outer*/) {
  OWLET_TRY(auto source, source_.DescribeFiles(node, session_));
  return ScanScope(std::move(source), {});
}

Result<Scope> Statement::ResolveNode(const LocalRelation& node, const Relation& /*relation*/,
                                     const Binder* /*outer*/) {
  Schema schema;
  if (node.arrow_ipc) {
    OWLET_TRY(schema, source_.DescribeArrow(*node.arrow_ipc));
  } else if (node.schema) {
    schema = *node.schema;
  }
  Scope scope;
  std::vector<Column> columns;
  for (const Field& field : schema) {
    columns.push_back({.id = NewId(),
                       .name = field.name,
                       .type = field.type,
                       .nullable = field.nullable,
                       .metadata = field.metadata});
    scope.columns.push_back({.column = columns.back()});
  }
  scope.node = std::make_shared<const Node>(Node{LocalNode{node.arrow_ipc}, columns});
  if (!node.schema || !node.arrow_ipc) return scope;
  std::vector<Item> items;
  for (std::size_t i = 0; i < node.schema->size() && i < columns.size(); ++i) {
    const Field& field = (*node.schema)[i];
    BoundPtr value = Coerce(ReferTo(columns[i]), field.type, session_);
    if (value->nullable != field.nullable || !(value->type == field.type)) {
      Bound typed = *value;
      typed.nullable = field.nullable;
      typed.type = field.type;
      value = std::make_shared<const Bound>(std::move(typed));
    }
    items.push_back(
        {.expression = std::move(value), .name = field.name, .metadata = field.metadata});
  }
  return ProjectItems(scope, std::move(items));
}

Result<Scope> Statement::ResolveNode(const Values& node, const Relation& relation,
                                     const Binder* outer) {
  Scope nothing;
  Binder binder(*this, nothing, outer, "VALUES");
  ValuesNode values;
  std::vector<Type> types;
  std::vector<bool> nullable;
  for (const auto& row : node.rows) {
    std::vector<BoundPtr> bound;
    for (const ExpressionPtr& expression : row) {
      OWLET_TRY(BoundPtr value, binder.Bind(expression));
      bound.push_back(std::move(value));
    }
    // Trino: a row constructor is a row of several columns.
    if (IsTrino() && bound.size() == 1 && bound[0]->type.id() == TypeId::kRow) {
      if (const auto* made = std::get_if<BoundCall>(&bound[0]->node);
          made != nullptr && made->function->lowering == "$row") {
        bound = std::vector<BoundPtr>(made->arguments);
      }
    }
    if (values.rows.empty()) {
      for (const BoundPtr& value : bound) types.push_back(value->type);
      nullable.assign(bound.size(), false);
    }
    if (bound.size() != types.size()) {
      if (IsTrino()) {
        return TrinoError(
            "TYPE_MISMATCH", relation.origin,
            fmt::format("Values rows have mismatched sizes: {} vs {}", types.size(), bound.size()));
      }
      return SparkError("INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH", relation.origin,
                        {{"expectedNumCols", std::to_string(types.size())},
                         {"actualNumCols", std::to_string(bound.size())},
                         {"rowIndex", std::to_string(values.rows.size())}},
                        "The rows of VALUES differ in length.");
    }
    for (std::size_t i = 0; i < bound.size(); ++i) {
      auto common = CommonType(types[i], bound[i]->type, session_);
      if (!common) {
        if (IsTrino()) {
          std::vector<Field> before;
          std::vector<Field> here;
          for (const Type& type : types) before.push_back({"", type, true, ""});
          for (const BoundPtr& value : bound) here.push_back({"", value->type, true, ""});
          return TrinoError("TYPE_MISMATCH", relation.origin,
                            fmt::format("Values rows have mismatched types: {} vs {}",
                                        TypeText(Type::Row(std::move(before)), session_),
                                        TypeText(Type::Row(std::move(here)), session_)));
        }
        return SparkError("INVALID_INLINE_TABLE.INCOMPATIBLE_TYPES_IN_INLINE_TABLE",
                          relation.origin, {{"colName", SparkName({fmt::format("col{}", i + 1)})}},
                          fmt::format("Found incompatible types in the column col{} for inline "
                                      "table.",
                                      i + 1));
      }
      types[i] = *common;
      nullable[i] = nullable[i] || bound[i]->nullable;
    }
    values.rows.push_back(std::move(bound));
  }
  Scope scope;
  std::vector<Column> columns;
  for (std::size_t i = 0; i < types.size(); ++i) {
    for (auto& row : values.rows) row[i] = Coerce(std::move(row[i]), types[i], session_);
    columns.push_back({.id = NewId(),
                       .name = IsTrino() ? "" : fmt::format("col{}", i + 1),
                       .type = types[i],
                       .nullable = nullable[i] || IsTrino()});
    scope.columns.push_back({.column = columns.back()});
  }
  scope.node = std::make_shared<const Node>(Node{std::move(values), std::move(columns)});
  return scope;
}

Result<Scope> Statement::ResolveNode(const Range& node, const Relation& relation,
                                     const Binder* /*outer*/) {
  if (node.step == 0) {
    return SparkError("DATATYPE_MISMATCH.SEQUENCE_WRONG_INPUT_TYPES", relation.origin, {},
                      "requirement failed: step cannot be 0");
  }
  Scope scope;
  Column column{.id = NewId(), .name = "id", .type = Type(TypeId::kBigint), .nullable = false};
  scope.columns.push_back({.column = column});
  scope.node = std::make_shared<const Node>(
      Node{RangeNode{node.start, node.end, node.step}, {std::move(column)}});
  return scope;
}

Result<Scope> Statement::ResolveNode(const OneRow& /*node*/, const Relation& /*relation*/,
                                     const Binder* /*outer*/) {
  Scope scope;
  scope.no_from = true;
  scope.node = std::make_shared<const Node>(Node{ValuesNode{{{}}}, {}});
  return scope;
}

Status Statement::RenameColumns(Scope& scope, const std::vector<std::string>& names,
                                const std::string& relation_name, const OriginPtr& origin) {
  if (names.empty()) return {};
  std::vector<ScopeColumn> visible;
  for (ScopeColumn& column : scope.columns) {
    if (!column.hidden) visible.push_back(std::move(column));
  }
  if (names.size() != visible.size()) {
    if (IsTrino()) {
      return TrinoError("MISMATCHED_COLUMN_ALIASES", origin,
                        fmt::format("Column alias list has {} entries but '{}' has {} columns "
                                    "available",
                                    names.size(), relation_name, visible.size()));
    }
    return SparkError(
        "ASSIGNMENT_ARITY_MISMATCH", origin,
        {{"numExpr", std::to_string(visible.size())}, {"numTarget", std::to_string(names.size())}},
        fmt::format("The number of columns or variables assigned or aliased: {} does "
                    "not match the number of source expressions: {}.",
                    names.size(), visible.size()));
  }
  scope.columns = std::move(visible);
  for (std::size_t i = 0; i < names.size(); ++i) scope.columns[i].column.name = names[i];
  return {};
}

Result<Scope> Statement::ResolveNode(const SubqueryAlias& node, const Relation& relation,
                                     const Binder* outer) {
  OWLET_TRY(Scope scope, ResolveRelation(node.input, outer));
  scope.below = nullptr;
  OWLET_CHECK_OK(RenameColumns(
      scope, node.columns, node.name.empty() ? std::string() : node.name.back(), relation.origin));
  std::erase_if(scope.columns, [](const ScopeColumn& column) { return column.hidden; });
  for (ScopeColumn& column : scope.columns) {
    if (!node.name.empty()) column.qualifier = node.name;
  }
  return scope;
}

Status Statement::CheckCommonColumns(const CommonTable& table, const Scope& scope) const {
  const auto available = static_cast<std::size_t>(std::ranges::count_if(
      scope.columns, [](const ScopeColumn& column) { return !column.hidden; }));
  if (!IsTrino() || table.columns.empty() || table.columns.size() == available) return {};
  return TrinoError("MISMATCHED_COLUMN_ALIASES", table.columns_origin,
                    fmt::format("Column alias list has {} entries but relation has {} columns",
                                table.columns.size(), available));
}

Result<Scope> Statement::ResolveRecursive(const CommonTable& table, CommonTableEntry& entry,
                                          const Binder* outer) {
  // Spark and Trino name the columns behind the table's name; the body is a union of both parts.
  if (IsTrino() && table.columns.empty()) {
    return TrinoError("MISSING_COLUMN_ALIASES", table.origin,
                      "missing column aliases in recursive WITH query");
  }
  const Relation* body = table.query.get();
  std::vector<std::string> names = table.columns;
  if (const auto* alias = std::get_if<SubqueryAlias>(&body->node)) body = alias->input.get();
  if (const auto* limit = std::get_if<Limit>(&body->node);
      limit != nullptr && IsTrino() && std::holds_alternative<SetOperation>(limit->input->node)) {
    return TrinoError("INVALID_LIMIT_CLAUSE", body->origin,
                      "immediate FETCH FIRST / LIMIT clause in recursive query");
  }
  const auto* set = std::get_if<SetOperation>(&body->node);
  if (set == nullptr || set->kind != SetKind::kUnion) return Scope{};
  entry.in_base = IsTrino();
  common_tables_.push_back(&entry);
  auto base = ResolveRelation(set->left, outer);
  common_tables_.pop_back();
  entry.in_base = false;
  if (!base) return base;
  Scope anchor = *std::move(base);
  OWLET_CHECK_OK(CheckCommonColumns(table, anchor));
  OWLET_CHECK_OK(RenameColumns(anchor, names, table.name, nullptr));
  entry.definition = VisibleNode(anchor);
  entry.columns = entry.definition->columns;
  // The table's columns are numbered apart from the anchor's.
  entry.recursive = true;
  common_tables_.push_back(&entry);
  auto step = ResolveRelation(set->right, outer);
  common_tables_.pop_back();
  if (!step) return step;
  if (entry.uses == 0) {
    entry.recursive = false;
    return Scope{};
  }
  entry.recursive = false;  // what follows may use it as often as it likes
  NodePtr step_node = VisibleNode(*step);
  if (step_node->columns.size() != entry.columns.size()) {
    return TrinoError("TYPE_MISMATCH", set->right->origin,
                      fmt::format("base and step relations of recursion have different number of "
                                  "fields: {}, {}",
                                  entry.columns.size(), step_node->columns.size()));
  }
  Scope shape;
  shape.node = step_node;
  std::vector<Item> items;
  for (std::size_t i = 0; i < entry.columns.size(); ++i) {
    const Column& column = step_node->columns[i];
    if (IsTrino() && !CanCoerce(column.type, entry.columns[i].type, session_)) {
      return TrinoError("TYPE_MISMATCH", set->right->origin,
                        fmt::format("recursion step relation output type ({}) is not coercible to "
                                    "recursion base relation output type ({}) at column {}",
                                    TypeText(column.type, session_),
                                    TypeText(entry.columns[i].type, session_), i + 1));
    }
    items.push_back({.expression = Coerce(ReferTo(column), entry.columns[i].type, session_),
                     .name = entry.columns[i].name});
    entry.columns[i].nullable = true;
  }
  Scope result = ProjectItems(shape, std::move(items));
  result.no_from = set->all;  // told to the caller: UNION ALL
  return result;
}

Result<Scope> Statement::ResolveNode(const With& node, const Relation& /*relation*/,
                                     const Binder* outer) {
  std::vector<std::unique_ptr<CommonTableEntry>> entries;
  std::vector<NodePtr> steps;
  std::vector<bool> union_all;
  const std::size_t before = common_tables_.size();
  Status status;
  for (const CommonTable& table : node.tables) {
    const bool again = std::ranges::any_of(
        entries, [&](const auto& known) { return SameName(known->name, table.name, session_); });
    if (again && IsTrino()) {
      status = TrinoError("DUPLICATE_NAMED_QUERY", table.origin,
                          fmt::format("WITH query name '{}' specified more than once", table.name));
      break;
    }
    auto entry = std::make_unique<CommonTableEntry>();
    entry->name = table.name;
    entry->cte = next_cte_++;
    NodePtr step;
    bool all = true;
    if (node.recursive) {
      auto recursive = ResolveRecursive(table, *entry, outer);
      if (!recursive) {
        status = std::unexpected(std::move(recursive).error());
        break;
      }
      step = recursive->node;
      all = recursive->no_from;
    }
    if (!step) {
      auto definition = ResolveRelation(table.query, outer);
      if (!definition) {
        status = std::unexpected(std::move(definition).error());
        break;
      }
      status = CheckCommonColumns(table, *definition);
      if (status) status = RenameColumns(*definition, table.columns, table.name, nullptr);
      if (!status) break;
      entry->definition = VisibleNode(*definition);
      entry->columns = entry->definition->columns;
      entry->uses = 0;
    }
    steps.push_back(std::move(step));
    union_all.push_back(all);
    common_tables_.push_back(entry.get());
    entries.push_back(std::move(entry));
  }
  Result<Scope> body = Scope{};
  if (status) body = ResolveRelation(node.body, outer);
  common_tables_.resize(before);
  if (!status) return std::unexpected(std::move(status).error());
  if (!body) return body;
  for (std::size_t i = entries.size(); i-- > 0;) {
    if (entries[i]->uses == 0) continue;
    body->node = std::make_shared<const Node>(Node{CteNode{.cte = entries[i]->cte,
                                                           .definition = entries[i]->definition,
                                                           .recursive_step = steps[i],
                                                           .union_all = union_all[i],
                                                           .body = body->node},
                                                   body->node->columns});
  }
  body->below = nullptr;
  return body;
}

}  // namespace owlet::plan
