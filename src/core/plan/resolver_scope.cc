#include "core/plan/resolver_scope.h"

#include <algorithm>

namespace owlet::plan {

namespace {

char LowerCase(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Whether the written qualifier is a tail of the column's own: t, db.t, catalog.db.t.
bool MatchesQualifier(const std::vector<std::string>& own, const std::string* written,
                      std::size_t count, const SessionSettings& session) {
  if (count > own.size()) return false;
  const std::size_t skip = own.size() - count;
  for (std::size_t i = 0; i < count; ++i) {
    if (!SameName(own[skip + i], written[i], session)) return false;
  }
  return true;
}

}  // namespace

bool SameName(std::string_view left, std::string_view right, const SessionSettings& session) {
  if (session.dialect == Dialect::kSpark && session.case_sensitive) return left == right;
  return std::ranges::equal(left, right, {}, LowerCase, LowerCase);
}

NameMatch FindName(const std::vector<ScopeColumn>& columns, const std::vector<std::string>& parts,
                   const SessionSettings& session) {
  NameMatch match;
  if (parts.empty()) return match;
  for (std::size_t qualifiers = std::min<std::size_t>(parts.size() - 1, 3);; --qualifiers) {
    for (const ScopeColumn& column : columns) {
      if (column.hidden && !column.made_up && qualifiers == 0) continue;
      if (!SameName(column.column.name, parts[qualifiers], session) ||
          !MatchesQualifier(column.qualifier, parts.data(), qualifiers, session)) {
        continue;
      }
      const bool known = std::ranges::any_of(match.columns, [&](const ScopeColumn* other) {
        return other->column.id == column.column.id ||
               (other->same_as != 0 && other->same_as == column.same_as) ||
               other->same_as == column.column.id || column.same_as == other->column.id;
      });
      if (!known) match.columns.push_back(&column);
    }
    if (!match.columns.empty()) {
      match.used_parts = qualifiers + 1;
      return match;
    }
    if (qualifiers == 0) return match;
  }
}

std::vector<const ScopeColumn*> ColumnsOf(const std::vector<ScopeColumn>& columns,
                                          const std::vector<std::string>& qualifier,
                                          const SessionSettings& session) {
  std::vector<const ScopeColumn*> found;
  for (const ScopeColumn& column : columns) {
    if (column.made_up) continue;
    if (qualifier.empty()
            ? !column.hidden
            : MatchesQualifier(column.qualifier, qualifier.data(), qualifier.size(), session)) {
      found.push_back(&column);
    }
  }
  return found;
}

const ScopeColumn* FindColumn(const Scope& scope, ColumnId id) {
  for (const ScopeColumn& column : scope.columns) {
    if (column.column.id == id) return &column;
  }
  return nullptr;
}

std::vector<std::vector<std::string>> QualifiedNames(const Scope& scope) {
  std::vector<std::vector<std::string>> names;
  for (const ScopeColumn& column : scope.columns) {
    if (column.hidden) continue;
    std::vector<std::string> name = column.qualifier;
    name.push_back(column.column.name);
    names.push_back(std::move(name));
  }
  return names;
}

BoundPtr ReferTo(const Column& column, std::shared_ptr<const Origin> origin) {
  return std::make_shared<const Bound>(
      Bound{BoundColumn{column.id}, column.type, column.nullable, std::move(origin)});
}

Scope WithNode(Scope scope, std::variant<FilterNode, SortNode, LimitNode, SampleNode> node) {
  std::vector<Column> columns = scope.node->columns;
  std::visit(
      [&](auto& value) {
        value.input = scope.node;
        scope.node = std::make_shared<const Node>(Node{std::move(value), std::move(columns)});
      },
      node);
  return scope;
}

}  // namespace owlet::plan
