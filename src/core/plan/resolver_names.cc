#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/plan/resolved_walk.h"
#include "core/plan/resolver_binder.h"
#include "core/plan/resolver_text.h"

namespace owlet::plan {

namespace {

std::string Joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ".") + part;
  return text;
}

std::string LowerName(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower;
}

// current_date and its kin are calls without parentheses where no column has that name.
bool IsKeywordFunction(const ColumnReference& reference) {
  static constexpr std::array<std::string_view, 9> kNames = {
      "current_date", "current_timestamp", "current_time",     "current_user",  "user",
      "session_user", "current_catalog",   "current_database", "localtimestamp"};
  if (reference.parts.size() != 1 || (!reference.quoted.empty() && reference.quoted[0])) {
    return false;
  }
  return std::ranges::find(kNames, LowerName(reference.parts[0])) != kNames.end();
}

const FunctionEntry kArrayField{
    .name = "array field", .signature = "", .lowering = "list_transform($1, $2)"};
const FunctionEntry kMapValue{.name = "map value",
                              .signature = "",
                              .lowering = "map_extract_value($1, $2)",
                              .nullability = Nullability::kAlways};

}  // namespace

std::unexpected<Error> Binder::Unresolved(const ColumnReference& reference,
                                          const OriginPtr& origin) const {
  if (statement_.IsTrino()) {
    return TrinoError("COLUMN_NOT_FOUND", origin,
                      fmt::format("Column '{}' cannot be resolved", Joined(reference.parts)));
  }
  const std::string name = SparkName(reference.parts);
  auto candidates = QualifiedNames(input_);
  for (const Binder* binder = outer_; binder != nullptr && candidates.empty();
       binder = binder->outer_) {
    candidates = QualifiedNames(binder->input_);
  }
  const std::string proposal = SparkProposal(reference.parts, candidates);
  if (proposal.empty()) {
    return SparkError("UNRESOLVED_COLUMN.WITHOUT_SUGGESTION", origin, {{"objectName", name}},
                      fmt::format("A column, variable, or function parameter with name {} cannot "
                                  "be resolved.",
                                  name));
  }
  return SparkError("UNRESOLVED_COLUMN.WITH_SUGGESTION", origin,
                    {{"objectName", name}, {"proposal", proposal}},
                    fmt::format("A column, variable, or function parameter with name {} cannot be "
                                "resolved. Did you mean one of the following? [{}].",
                                name, proposal));
}

Result<BoundPtr> Binder::Fields(BoundPtr value, const std::vector<std::string>& parts,
                                std::size_t from, const ColumnReference& reference,
                                const OriginPtr& origin) const {
  const SessionSettings& session = statement_.session();
  for (std::size_t i = from; i < parts.size(); ++i) {
    const bool through_array = value->type.id() == TypeId::kArray && statement_.IsSpark() &&
                               value->type.element().id() == TypeId::kRow;
    if (value->type.id() == TypeId::kMap && statement_.IsSpark()) {
      const Type type = value->type.value();
      BoundPtr key = Coerce(Constant(Literal::String(parts[i]), origin), value->type.key(),
                            statement_.session());
      value = TemplateCall(kMapValue, {std::move(value), std::move(key)}, type, true, origin);
      continue;
    }
    if (value->type.id() != TypeId::kRow && !through_array) {
      if (statement_.IsTrino()) {
        return TrinoError(
            "TYPE_MISMATCH", origin,
            fmt::format("Expression {} is not of type ROW",
                        Joined({parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(i)})));
      }
      const std::vector<std::string> base(parts.begin(),
                                          parts.begin() + static_cast<std::ptrdiff_t>(i));
      return SparkError("INVALID_EXTRACT_BASE_FIELD_TYPE", origin,
                        {{"base", SparkQuoted(Joined(base))},
                         {"other", SparkQuoted(TypeText(value->type, session))}},
                        fmt::format("Can't extract a value from \"{}\". Need a complex type "
                                    "[STRUCT, ARRAY, MAP] but got \"{}\".",
                                    Joined(base), TypeText(value->type, session)));
    }
    const Type row = through_array ? value->type.element() : value->type;
    std::optional<std::size_t> index;
    int matches = 0;
    for (std::size_t f = 0; f < row.fields().size(); ++f) {
      if (!SameName(row.fields()[f].name, parts[i], session)) continue;
      ++matches;
      if (!index) index = f;
    }
    if (matches > 1) {
      if (statement_.IsTrino()) {
        return TrinoError("AMBIGUOUS_NAME", origin,
                          fmt::format("Ambiguous row field reference: {}", parts[i]));
      }
      return SparkError("AMBIGUOUS_REFERENCE_TO_FIELDS", origin,
                        {{"field", SparkName({parts[i]})}, {"count", std::to_string(matches)}},
                        fmt::format("Ambiguous reference to the field {}. It appears {} times in "
                                    "the schema.",
                                    SparkName({parts[i]}), matches));
    }
    if (!index) {
      if (statement_.IsTrino()) {
        return TrinoError("INVALID_COLUMN_REFERENCE", origin,
                          fmt::format("Column reference '{}' is invalid", Joined(reference.parts)));
      }
      std::string fields;
      for (const Field& field : row.fields()) {
        fields += (fields.empty() ? "" : ", ") + SparkName({field.name});
      }
      return SparkError(
          "FIELD_NOT_FOUND", origin, {{"fieldName", SparkName({parts[i]})}, {"fields", fields}},
          fmt::format("No such struct field {} in {}.", SparkName({parts[i]}), fields));
    }
    const Field& field = row.fields()[*index];
    if (through_array) {
      // Spark: the field of an array of structs is the array of that field.
      const Field element{.name = "element",
                          .type = row,
                          .nullable = value->type.fields()[0].nullable,
                          .metadata = {}};
      const ColumnId id = statement_.NewId();
      const bool inner_null = element.nullable || field.nullable;
      auto variable = std::make_shared<const Bound>(
          Bound{BoundLambdaVariable{id}, element.type, element.nullable});
      auto body = std::make_shared<const Bound>(
          Bound{BoundField{variable, *index}, field.type, inner_null});
      auto lambda = std::make_shared<const Bound>(Bound{
          BoundLambda{{{id, element}}, body}, Type::Function({element.type}, field.type), false});
      const bool nullable = value->nullable;
      value = TemplateCall(kArrayField, {std::move(value), std::move(lambda)},
                           Type::Array(field.type, inner_null), nullable, origin);
      continue;
    }
    const bool nullable = value->nullable || field.nullable;
    value = std::make_shared<const Bound>(
        Bound{BoundField{std::move(value), *index}, field.type, nullable, origin});
  }
  return value;
}

Result<BoundPtr> Binder::ResolveInScope(const Scope& scope, const ColumnReference& reference,
                                        const OriginPtr& origin) const {
  NameMatch match = FindName(scope.columns, reference.parts, statement_.session());
  if (match.columns.empty()) return BoundPtr();
  if (match.columns.size() > 1) {
    const std::vector<std::string> used(
        reference.parts.begin(),
        reference.parts.begin() + static_cast<std::ptrdiff_t>(match.used_parts));
    if (statement_.IsTrino()) {
      return TrinoError("AMBIGUOUS_NAME", origin,
                        fmt::format("Column '{}' is ambiguous", Joined(used)));
    }
    std::string names;
    for (const ScopeColumn* column : match.columns) {
      std::vector<std::string> name = column->qualifier;
      name.push_back(column->column.name);
      names += (names.empty() ? "" : ", ") + SparkName(name);
    }
    return SparkError(
        "AMBIGUOUS_REFERENCE", origin,
        {{"name", SparkName(reference.parts)}, {"referenceNames", fmt::format("[{}]", names)}},
        fmt::format("Reference {} is ambiguous, could be: [{}].", SparkName(reference.parts),
                    names));
  }
  return Fields(ReferTo(match.columns[0]->column, origin), reference.parts, match.used_parts,
                reference, origin);
}

Result<BoundPtr> Binder::ResolveByPlan(const ColumnReference& reference,
                                       const OriginPtr& origin) const {
  std::vector<BoundPtr> found;
  bool plan_known = false;
  for (const Scope* scope = &input_; scope != nullptr; scope = scope->below.get()) {
    for (const PlanOccurrence& plan : scope->plans) {
      if (plan.plan_id != *reference.plan_id) continue;
      plan_known = true;
      NameMatch match = FindName(plan.columns, reference.parts, statement_.session());
      if (match.columns.size() > 1) {
        Scope only;
        only.columns = plan.columns;
        return ResolveInScope(only, reference, origin);
      }
      if (match.columns.empty()) continue;
      const ScopeColumn* column = FindColumn(*scope, match.columns[0]->column.id);
      if (column == nullptr) continue;
      if (std::ranges::any_of(
              found, [&](const BoundPtr& other) { return UsesColumn(other, column->column.id); })) {
        continue;
      }
      OWLET_TRY(BoundPtr value, Fields(ReferTo(column->column, origin), reference.parts,
                                       match.used_parts, reference, origin));
      found.push_back(std::move(value));
      if (scope != &input_ && reached_below != nullptr) {
        reached_below->push_back(column->column.id);
      }
    }
    if (!found.empty() || reached_below == nullptr) break;
  }
  const std::string name = SparkQuoted(Joined(reference.parts));
  if (found.size() > 1) {
    return SparkError("AMBIGUOUS_COLUMN_REFERENCE", origin, {{"name", name}},
                      fmt::format("Column {} is ambiguous. It's because you joined several "
                                  "DataFrame together, and some of these DataFrames are the same.",
                                  name));
  }
  if (found.size() == 1) return found[0];
  for (const Binder* binder = outer_; binder != nullptr && !plan_known; binder = binder->outer_) {
    OWLET_TRY(BoundPtr value, binder->ResolveByPlan(reference, origin));
    if (value) return value;
  }
  return SparkError("CANNOT_RESOLVE_DATAFRAME_COLUMN", origin, {{"name", name}},
                    fmt::format("Cannot resolve dataframe column {}. It's probably because of "
                                "illegal references like `df1.select(df2.col(\"a\"))`.",
                                name));
}

Result<BoundPtr> Binder::ResolveName(const ColumnReference& reference,
                                     const OriginPtr& origin) const {
  if (names_first != nullptr && inside_aggregate_ == 0 && reference.parts.size() == 1) {
    BoundPtr found;
    for (const NamedExpression& named : *names_first) {
      if (!SameName(named.name, reference.parts[0], statement_.session())) continue;
      if (found && !SameExpression(found, named.expression)) {
        if (statement_.IsTrino()) {
          return TrinoError("AMBIGUOUS_NAME", origin,
                            fmt::format("Column '{}' is ambiguous", reference.parts[0]));
        }
        return SparkError(
            "AMBIGUOUS_REFERENCE", origin,
            {{"name", SparkName(reference.parts)},
             {"referenceNames", fmt::format("[{0}, {0}]", SparkName(reference.parts))}},
            fmt::format("Reference {} is ambiguous.", SparkName(reference.parts)));
      }
      found = named.expression;
    }
    if (found) return found;
  }
  OWLET_TRY(BoundPtr value, ResolveInScope(input_, reference, origin));
  if (value) return value;
  if (reached_below != nullptr) {
    for (const Scope* scope = input_.below.get(); scope != nullptr; scope = scope->below.get()) {
      OWLET_TRY(BoundPtr below, ResolveInScope(*scope, reference, origin));
      if (!below) continue;
      const NameMatch match = FindName(scope->columns, reference.parts, statement_.session());
      reached_below->push_back(match.columns[0]->column.id);
      return below;
    }
  }
  if (names_last != nullptr && !reference.parts.empty()) {
    for (const NamedExpression& named : *names_last) {
      if (!SameName(named.name, reference.parts[0], statement_.session())) continue;
      return Fields(named.expression, reference.parts, 1, reference, origin);
    }
  }
  for (const Binder* binder = outer_; binder != nullptr; binder = binder->outer_) {
    OWLET_TRY(BoundPtr outside, binder->ResolveInScope(binder->input_, reference, origin));
    if (outside) return outside;
  }
  return BoundPtr();
}

// v, session.v, system.session.v, each with fields behind it.
Result<BoundPtr> Binder::Variable(const ColumnReference& reference, const OriginPtr& origin) const {
  if (!statement_.IsSpark() || reference.parts.empty()) return BoundPtr();
  const std::vector<std::string>& parts = reference.parts;
  std::size_t at = 0;
  if (parts.size() > 2 && LowerName(parts[0]) == "system" && LowerName(parts[1]) == "session") {
    at = 2;
  } else if (parts.size() > 1 && LowerName(parts[0]) == "session") {
    at = 1;
  }
  const auto value = statement_.source_.FindVariable(parts[at]);
  if (!value) return BoundPtr();
  return Fields(Constant(*value, origin), parts, at + 1, reference, origin);
}

Result<BoundPtr> Binder::BindReference(const ColumnReference& reference,
                                       const ExpressionPtr& expression) {
  const OriginPtr& origin = expression->origin;
  for (auto scope = lambdas_.rbegin(); scope != lambdas_.rend() && !reference.plan_id; ++scope) {
    for (const auto& [id, field] : scope->parameters) {
      if (!SameName(field.name, reference.parts[0], statement_.session())) continue;
      auto variable = std::make_shared<const Bound>(
          Bound{BoundLambdaVariable{id}, field.type, field.nullable, origin});
      return Fields(std::move(variable), reference.parts, 1, reference, origin);
    }
  }
  if (reference.plan_id) return ResolveByPlan(reference, origin);
  OWLET_TRY(BoundPtr value, ResolveName(reference, origin));
  if (value) return value;
  if (IsKeywordFunction(reference)) {
    FunctionCall call{.name = LowerName(reference.parts[0])};
    return Bind(MakeExpression(std::move(call), origin));
  }
  OWLET_TRY(BoundPtr variable, Variable(reference, origin));
  if (variable) return variable;
  return Unresolved(reference, origin);
}

std::string Binder::TextOf(const ExpressionPtr& expression) const {
  if (statement_.IsTrino()) return TrinoText(expression);
  return SparkText(
      expression,
      [&](const ColumnReference& reference) {
        // Qualifiers are left out; what remains is the column, as written, and its fields.
        for (const Binder* binder = this; binder != nullptr; binder = binder->outer_) {
          for (const Scope* scope = &binder->input_; scope != nullptr; scope = scope->below.get()) {
            const NameMatch match = FindName(scope->columns, reference.parts, statement_.session());
            if (match.columns.empty()) continue;
            return Joined(
                {reference.parts.begin() + static_cast<std::ptrdiff_t>(match.used_parts) - 1,
                 reference.parts.end()});
          }
        }
        if (reference.parts.size() == 1 && names_last != nullptr) {
          for (const NamedExpression& named : *names_last) {
            if (SameName(named.name, reference.parts[0], statement_.session())) {
              return fmt::format("lateralAliasReference({})", reference.parts[0]);
            }
          }
        }
        if (IsKeywordFunction(reference)) return LowerName(reference.parts[0]) + "()";
        return Joined(reference.parts);
      },
      statement_.session().time_zone, named_windows);
}

std::string Binder::NameOf(const ExpressionPtr& expression) const {
  if (const auto* reference = std::get_if<ColumnReference>(&expression->node)) {
    if (statement_.IsSpark() && IsKeywordFunction(*reference)) return TextOf(expression);
    return reference->parts.back();
  }
  if (const auto* extract = std::get_if<ExtractValue>(&expression->node)) {
    const auto* key = std::get_if<Literal>(&extract->key->node);
    if (key != nullptr && std::holds_alternative<std::string>(key->value)) {
      const auto& text = std::get<std::string>(key->value);
      const bool path = std::holds_alternative<ColumnReference>(extract->input->node) ||
                        std::holds_alternative<ExtractValue>(extract->input->node);
      // A field of something that is no column has no name of its own in Trino.
      if (statement_.IsTrino()) return path ? text : "";
      // A map's value shows the access.
      Binder probe(statement_, input_, outer_, clause);
      auto value = probe.Bind(extract->input);
      if (value && (*value)->type.id() == TypeId::kMap) {
        return fmt::format("{}[{}]", TextOf(extract->input), text);
      }
      return TextOf(expression);
    }
  }
  if (statement_.IsTrino()) return "";  // the caller numbers it: _col0
  if (const auto* cast = std::get_if<Cast>(&expression->node)) {
    // Spark: a cast of a named thing keeps its name.
    if (std::holds_alternative<ColumnReference>(cast->input->node)) return NameOf(cast->input);
  }
  if (const auto* call = std::get_if<FunctionCall>(&expression->node);
      call != nullptr && call->arguments.size() == 1 && CastFunctionType(call->name) &&
      !statement_.table().Find(call->name) &&
      std::holds_alternative<ColumnReference>(call->arguments[0]->node)) {
    return NameOf(call->arguments[0]);
  }
  if (const auto* sorted = std::get_if<SortOrder>(&expression->node))
    return TextOf(sorted->expression);
  return TextOf(expression);
}

Result<BoundPtr> Binder::BindExtract(const ExtractValue& extract, const ExpressionPtr& expression) {
  OWLET_TRY(BoundPtr input, Bind(extract.input));
  const auto* key = std::get_if<Literal>(&extract.key->node);
  const bool named = key != nullptr && std::holds_alternative<std::string>(key->value);
  const bool row = input->type.id() == TypeId::kRow ||
                   (statement_.IsSpark() && input->type.id() == TypeId::kArray &&
                    input->type.element().id() == TypeId::kRow);
  if (named && (row || input->type.id() != TypeId::kMap)) {
    ColumnReference reference;
    reference.parts = {TextOf(extract.input), std::get<std::string>(key->value)};
    return Fields(std::move(input), reference.parts, 1, reference, expression->origin);
  }
  OWLET_TRY(BoundPtr index, Bind(extract.key));
  return BindElement("[]", std::move(input), std::move(index), expression);
}

Result<BoundPtr> Binder::BindUpdate(const UpdateField& update, const ExpressionPtr& expression) {
  static const FunctionEntry kRow{.name = "row", .signature = "", .lowering = "$row"};
  OWLET_TRY(BoundPtr input, Bind(update.input));
  if (input->type.id() != TypeId::kRow) {
    return SparkError("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", expression->origin,
                      {{"sqlExpr", SparkQuoted(TextOf(expression))},
                       {"paramIndex", "first"},
                       {"inputSql", SparkQuoted(TextOf(update.input))},
                       {"inputType", SparkQuoted(TypeText(input->type, statement_.session()))},
                       {"requiredType", "\"STRUCT\""}},
                      "withField and dropFields need a struct.");
  }
  BoundPtr value;
  if (update.value) {
    OWLET_TRY(value, Bind(update.value));
  }
  // Rebuilds the struct level by level along the path.
  std::function<Result<BoundPtr>(const BoundPtr&, std::size_t)> rebuild =
      [&](const BoundPtr& row, std::size_t level) -> Result<BoundPtr> {
    std::vector<Field> fields;
    std::vector<BoundPtr> values;
    bool found = false;
    for (std::size_t i = 0; i < row->type.fields().size(); ++i) {
      const Field& field = row->type.fields()[i];
      BoundPtr old = std::make_shared<const Bound>(
          Bound{BoundField{row, i}, field.type, field.nullable || row->nullable});
      if (SameName(field.name, update.path[level], statement_.session())) {
        found = true;
        if (level + 1 < update.path.size()) {
          OWLET_TRY(old, rebuild(old, level + 1));
        } else if (!value) {
          continue;
        } else {
          old = value;
        }
      }
      fields.push_back({field.name, old->type, old->nullable, field.metadata});
      values.push_back(std::move(old));
    }
    if (!found && value && level + 1 == update.path.size()) {
      fields.push_back({update.path[level], value->type, value->nullable, ""});
      values.push_back(value);
    } else if (!found && value) {
      return SparkError("FIELD_NOT_FOUND", expression->origin,
                        {{"fieldName", SparkName({update.path[level]})}, {"fields", ""}},
                        fmt::format("No such struct field {}.", SparkName({update.path[level]})));
    }
    BoundPtr made = TemplateCall(kRow, std::move(values), Type::Row(std::move(fields)), false,
                                 expression->origin);
    if (!row->nullable) return made;
    BoundCase choice{
        {{IsNull(row), Coerce(Constant(Literal::Null()), made->type, statement_.session())}}, made};
    return std::make_shared<const Bound>(
        Bound{std::move(choice), made->type, true, expression->origin});
  };
  return rebuild(input, 0);
}

}  // namespace owlet::plan
