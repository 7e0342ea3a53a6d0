#include "core/engine/lowering.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/engine/lowering_expressions.h"
#include "core/engine/type_map.h"

namespace owlet::engine {

namespace {

using plan::Column;
using plan::NodePtr;

std::string Name(plan::ColumnId id) { return ExpressionPrinter::ColumnName(id); }

std::string Names(const std::vector<Column>& columns) {
  std::string text;
  for (const Column& column : columns) text += (text.empty() ? "" : ", ") + Name(column.id);
  return text;
}

bool SameTypes(const plan::Node& left, const plan::Node& right) {
  for (std::size_t i = 0; i < left.columns.size(); ++i) {
    if (!left.columns[i].type.SameIgnoringNulls(right.columns[i].type)) return false;
  }
  return true;
}

std::string Indent(std::string_view text) {
  std::string indented = "  ";
  bool quoted = false;  // line ends inside of text constants stay as they are
  for (char c : text) {
    indented += c;
    if (c == '\'') quoted = !quoted;
    if (c == '\n' && !quoted) indented += "  ";
  }
  return indented;
}

// One SELECT on its way to text. Clauses are filled from the inside out; what does not fit any
// more wraps it into a FROM.
struct SelectText {
  std::string with;
  std::string select;  // empty: the node's columns by name
  bool distinct = false;
  std::string from;  // empty: none
  std::vector<std::string> where;
  std::string group_by;
  std::string qualify;
  std::string order_by;
  std::string limit;
  bool simple_from = true;  // one FROM item, no join

  [[nodiscard]] bool OnlyFrom() const {
    return with.empty() && select.empty() && !distinct && where.empty() && group_by.empty() &&
           qualify.empty() && order_by.empty() && limit.empty() && !from.empty();
  }
  [[nodiscard]] bool TakesWhere() const {
    return select.empty() && !distinct && group_by.empty() && qualify.empty() && limit.empty();
  }
  [[nodiscard]] bool TakesSelect() const { return select.empty() && !distinct && group_by.empty(); }
};

std::string Render(const SelectText& query, const std::vector<Column>& columns) {
  std::string list = query.select.empty() ? Names(columns) : query.select;
  if (list.empty()) list = "NULL AS nothing";
  std::string text = query.with;
  text += fmt::format("SELECT {}{}", query.distinct ? "DISTINCT " : "", list);
  if (!query.from.empty()) text += "\nFROM " + query.from;
  for (std::size_t i = 0; i < query.where.size(); ++i) {
    text += (i == 0 ? "\nWHERE " : "\n  AND ") + query.where[i];
  }
  if (!query.group_by.empty()) text += "\nGROUP BY " + query.group_by;
  if (!query.qualify.empty()) text += "\nQUALIFY " + query.qualify;
  if (!query.order_by.empty()) text += "\nORDER BY " + query.order_by;
  if (!query.limit.empty()) text += "\n" + query.limit;
  return text;
}

class Lowering {
 public:
  Lowering(const plan::SessionSettings& session, LeafSql& leaves)
      : leaves_(leaves),
        printer_(session, [this](const NodePtr& node) { return PrintQuery(node); }) {}

  Result<std::string> PrintQuery(const NodePtr& node) {
    OWLET_TRY(const SelectText query, Lower(node));
    return Render(query, node->columns);
  }
  ExpressionPrinter& printer() { return printer_; }

 private:
  static constexpr int kMaximumDepth = 2500;

  Result<SelectText> Lower(const NodePtr& node) {
    if (++depth_ > kMaximumDepth) {
      --depth_;
      return Fail(Reason::kRequestTooLarge, "the plan is nested too deep");
    }
    auto text = std::visit([&](const auto& value) { return LowerNode(value, *node); }, node->node);
    --depth_;
    return text;
  }

  // The node as one FROM item.
  Result<std::string> Item(const NodePtr& node) {
    OWLET_TRY(const SelectText query, Lower(node));
    if (query.OnlyFrom() && query.simple_from) return query.from;
    return Parenthesized(query, node);
  }
  static std::string Parenthesized(const SelectText& query, const NodePtr& node) {
    return "(\n" + Indent(Render(query, node->columns)) + "\n)";
  }
  static SelectText From(std::string item) {
    SelectText query;
    query.from = std::move(item);
    return query;
  }
  std::string Alias(const std::vector<Column>& columns) {
    return fmt::format(" AS t{}({})", ++next_alias_, Names(columns));
  }

  Result<SelectText> LowerNode(const plan::ScanNode& node, const plan::Node& whole) {
    OWLET_TRY(std::string item, leaves_.Scan(node, whole.columns));
    return From(std::move(item));
  }

  Result<SelectText> LowerNode(const plan::LocalNode& node, const plan::Node& whole) {
    if (node.arrow_ipc) {
      OWLET_TRY(std::string item, leaves_.Local(node, whole.columns));
      return From(std::move(item));
    }
    return From(Empty(whole.columns));
  }

  static std::string Empty(const std::vector<Column>& columns) {
    std::string list;
    for (const Column& column : columns) {
      list += fmt::format("{}{} AS {}", list.empty() ? "" : ", ", LiteralSql({column.type, {}}),
                          Name(column.id));
    }
    if (list.empty()) list = "NULL AS nothing";
    return fmt::format("(SELECT {} WHERE false)", list);
  }

  Result<SelectText> LowerNode(const plan::ValuesNode& node, const plan::Node& whole) {
    if (node.rows.empty()) return From(Empty(whole.columns));
    if (whole.columns.empty()) {
      if (node.rows.size() == 1) return SelectText();
      return From(fmt::format("range({})", node.rows.size()));
    }
    std::string rows;
    for (const auto& row : node.rows) {
      OWLET_TRY(const std::string list, printer_.PrintList(row));
      rows += fmt::format("{}({})", rows.empty() ? "" : ",\n  ", list);
    }
    return From(fmt::format("(VALUES {})", rows) + Alias(whole.columns));
  }

  Result<SelectText> LowerNode(const plan::RangeNode& node, const plan::Node& whole) {
    return From(fmt::format("range({}, {}, {})", node.start, node.end, node.step) +
                Alias(whole.columns));
  }

  Result<SelectText> LowerNode(const plan::ProjectNode& node, const plan::Node& whole) {
    OWLET_TRY(SelectText query, Lower(node.input));
    if (!query.TakesSelect()) query = From(Parenthesized(query, node.input));
    std::string list;
    for (std::size_t i = 0; i < node.expressions.size(); ++i) {
      OWLET_TRY(const std::string expression, printer_.Print(node.expressions[i]));
      const std::string name = Name(whole.columns[i].id);
      list += (i > 0 ? ", " : "") +
              (expression == name ? name : fmt::format("{} AS {}", expression, name));
    }
    query.select = list.empty() ? "NULL AS nothing" : std::move(list);
    return query;
  }

  Result<SelectText> LowerNode(const plan::FilterNode& node, const plan::Node& /*whole*/) {
    OWLET_TRY(SelectText query, Lower(node.input));
    if (!query.TakesWhere()) query = From(Parenthesized(query, node.input));
    OWLET_TRY(std::string condition, printer_.Print(node.condition));
    query.where.push_back(std::move(condition));
    return query;
  }

  Result<SelectText> LowerNode(const plan::SortNode& node, const plan::Node& /*whole*/) {
    OWLET_TRY(SelectText query, Lower(node.input));
    if (!query.select.empty() || query.distinct || !query.group_by.empty() ||
        !query.order_by.empty() || !query.limit.empty() || !query.qualify.empty()) {
      query = From(Parenthesized(query, node.input));
    }
    OWLET_TRY(query.order_by, printer_.PrintSort(node.orders));
    return query;
  }

  Result<SelectText> LowerNode(const plan::LimitNode& node, const plan::Node& whole) {
    OWLET_TRY(SelectText query, Lower(node.input));
    if (node.from_end) {
      // The last rows by their place in the input's order, which DuckDB keeps.
      const std::string names = Names(whole.columns);
      const std::string separator = names.empty() ? "" : ", ";
      SelectText numbered = From(Parenthesized(query, node.input));
      numbered.select =
          names + separator + "row_number() OVER () AS place, count(*) OVER () AS places";
      SelectText last = From(fmt::format("(\n{}\n)", Indent(Render(numbered, whole.columns))));
      last.where.push_back(fmt::format("place > places - {}", *node.limit));
      last.order_by = "place";
      return last;
    }
    if (!query.limit.empty() || !query.qualify.empty()) {
      query = From(Parenthesized(query, node.input));
    }
    if (!node.ties.empty()) {
      if (!query.select.empty() || query.distinct) query = From(Parenthesized(query, node.input));
      OWLET_TRY(const std::string orders, printer_.PrintSort(node.ties));
      query.qualify = fmt::format("rank() OVER (ORDER BY {}) <= {}", orders,
                                  node.limit.value_or(0) + node.offset);
      if (node.offset > 0) {
        query.qualify +=
            fmt::format(" AND row_number() OVER (ORDER BY {}) > {}", orders, node.offset);
      }
      return query;
    }
    if (node.limit) query.limit = fmt::format("LIMIT {}", *node.limit);
    if (node.offset > 0) {
      query.limit += fmt::format("{}OFFSET {}", query.limit.empty() ? "" : " ", node.offset);
    }
    return query;
  }

  Result<SelectText> LowerNode(const plan::AggregateNode& node, const plan::Node& whole);
  Result<SelectText> LowerNode(const plan::UnnestNode& node, const plan::Node& whole);
  Result<SelectText> LowerNode(const plan::JoinNode& node, const plan::Node& whole);
  Result<SelectText> CrossValues(const plan::JoinNode& node, const plan::ValuesNode& values,
                                 const plan::Node& whole);

  Result<SelectText> LowerNode(const plan::WindowNode& node, const plan::Node& whole) {
    OWLET_TRY(SelectText query, Lower(node.input));
    if (!query.TakesSelect() || !query.limit.empty() || !query.qualify.empty()) {
      query = From(Parenthesized(query, node.input));
    }
    std::string list = Names(node.input->columns);
    const std::size_t before = node.input->columns.size();
    for (std::size_t i = 0; i < node.windows.size(); ++i) {
      OWLET_TRY(const std::string window, printer_.Print(node.windows[i]));
      list += fmt::format("{}{} AS {}", list.empty() ? "" : ", ", window,
                          Name(whole.columns[before + i].id));
    }
    query.select = std::move(list);
    return query;
  }

  Result<SelectText> LowerNode(const plan::SetNode& node, const plan::Node& whole) {
    // A chain of unions is one flat text: nested, a thousand of them would take a thousand levels.
    std::vector<plan::NodePtr> terms = {node.right};
    plan::NodePtr left = node.left;
    while (const auto* inner = std::get_if<plan::SetNode>(&left->node)) {
      if (node.kind != plan::SetKind::kUnion || inner->kind != node.kind ||
          inner->all != node.all || !SameTypes(*left, whole)) {
        break;
      }
      terms.push_back(inner->right);
      left = inner->left;
    }
    terms.push_back(left);
    const char* name = node.kind == plan::SetKind::kUnion       ? "UNION"
                       : node.kind == plan::SetKind::kIntersect ? "INTERSECT"
                                                                : "EXCEPT";
    std::string text;
    for (auto term = terms.rbegin(); term != terms.rend(); ++term) {
      OWLET_TRY(const std::string query, PrintQuery(*term));
      if (!text.empty()) text += fmt::format("\n  {}{}\n", name, node.all ? " ALL" : "");
      text += Indent("(" + query + ")");
    }
    return From(fmt::format("(\n{}\n)", text) + Alias(whole.columns));
  }

  Result<SelectText> LowerNode(const plan::DistinctNode& node, const plan::Node& whole) {
    OWLET_TRY(SelectText query, Lower(node.input));
    if (query.distinct || !query.order_by.empty() || !query.limit.empty() ||
        !query.qualify.empty() || !query.group_by.empty() || !node.keys.empty()) {
      query = From(Parenthesized(query, node.input));
    }
    if (node.keys.empty()) {
      query.distinct = true;
      if (query.select.empty()) query.select = Names(whole.columns);
      return query;
    }
    std::string keys;
    for (plan::ColumnId key : node.keys) keys += (keys.empty() ? "" : ", ") + Name(key);
    query.select = fmt::format("DISTINCT ON ({}) {}", keys, Names(whole.columns));
    return query;
  }

  Result<SelectText> LowerNode(const plan::SampleNode& node, const plan::Node& /*whole*/) {
    if (node.with_replacement) return Fail(Reason::kNotImplemented, "sampling with replacement");
    OWLET_TRY(const SelectText query, Lower(node.input));
    return From(Parenthesized(query, node.input) +
                fmt::format(" AS t{} TABLESAMPLE {} ({} PERCENT){}", ++next_alias_,
                            node.method == plan::SampleMethod::kSystem ? "SYSTEM" : "BERNOULLI",
                            std::clamp(node.fraction, 0.0, 1.0) * 100.0,
                            node.seed ? fmt::format(" REPEATABLE ({})", *node.seed & 0x7fffffff)
                                      : std::string()));
  }

  // Trino's recursion: so many steps and no more, each from the rows of the one before it alone.
  // What a further step would find fails the statement.
  Result<std::string> UnrolledEntries(const plan::CteNode& node, const std::string& columns) {
    constexpr int kMaximumSteps = 10;
    const auto name_of = [&](int step) { return fmt::format("cte{}_{}", node.cte, step); };
    std::string entries;
    std::string all;
    for (int step = 0; step <= kMaximumSteps + 1; ++step) {
      if (step > 0) cte_names_[node.cte] = name_of(step - 1);
      OWLET_TRY(const std::string query,
                PrintQuery(step == 0 ? node.definition : node.recursive_step));
      entries +=
          fmt::format("{}({}) AS MATERIALIZED (\n{}\n),\n", name_of(step), columns, Indent(query));
      if (step <= kMaximumSteps) {
        all += fmt::format("{}SELECT * FROM {}", step > 0 ? "\nUNION ALL " : "", name_of(step));
      }
    }
    cte_names_.erase(node.cte);
    all += fmt::format(
        "\nUNION ALL SELECT * FROM {0} WHERE (SELECT trino.beyond_recursion(count(*)) FROM {0})",
        name_of(kMaximumSteps + 1));
    if (!node.union_all) all = fmt::format("SELECT DISTINCT * FROM (\n{}\n)", Indent(all));
    return entries + fmt::format("cte{}({}) AS (\n{}\n)", node.cte, columns, Indent(all));
  }

  Result<SelectText> LowerNode(const plan::CteNode& node, const plan::Node& whole) {
    const bool unrolled =
        node.recursive_step && printer_.session().dialect == plan::Dialect::kTrino;
    std::string definition;
    if (!unrolled) {
      OWLET_TRY(definition, PrintQuery(node.definition));
    }
    if (node.recursive_step && !unrolled) {
      OWLET_TRY(const std::string step, PrintQuery(node.recursive_step));
      definition =
          fmt::format("({})\nUNION{}\n({})", definition, node.union_all ? " ALL" : "", step);
    }
    std::string columns = Names(node.definition->columns);
    if (columns.empty()) columns = "nothing";
    std::string entry = fmt::format("cte{}({}) AS (\n{}\n)", node.cte, columns, Indent(definition));
    if (unrolled) {
      OWLET_TRY(entry, UnrolledEntries(node, columns));
    }
    OWLET_TRY(SelectText query, Lower(node.body));
    const std::string head = node.recursive_step && !unrolled ? "WITH RECURSIVE " : "WITH ";
    if (query.with.starts_with(head)) {
      query.with = head + entry + ",\n" + query.with.substr(head.size());
    } else {
      if (!query.with.empty()) query = From(Parenthesized(query, node.body));
      query.with = head + entry + "\n";
    }
    static_cast<void>(whole);
    return query;
  }

  Result<SelectText> LowerNode(const plan::CteReference& node, const plan::Node& whole) {
    const auto known = cte_names_.find(node.cte);
    const std::string name =
        known != cte_names_.end() ? known->second : fmt::format("cte{}", node.cte);
    if (whole.columns.empty()) return From(name);
    return From(name + Alias(whole.columns));
  }

  LeafSql& leaves_;
  ExpressionPrinter printer_;
  std::map<std::uint32_t, std::string> cte_names_;  // of recursive tables inside their own steps
  int depth_ = 0;
  int next_alias_ = 0;
};

Result<SelectText> Lowering::LowerNode(const plan::AggregateNode& node, const plan::Node& whole) {
  OWLET_TRY(SelectText query, Lower(node.input));
  if (!query.TakesWhere() || !query.order_by.empty()) {
    query = From(Parenthesized(query, node.input));
  }
  const bool plain =
      node.sets.size() == 1 && std::ranges::all_of(node.keys, [](const plan::BoundPtr& key) {
        return std::holds_alternative<plan::BoundColumn>(key->node);
      });
  if (!plain && !node.keys.empty()) {
    // Keys get their names first: DuckDB would read a bare number as a position, and an aggregate
    // over a key of several grouping sets sees the key's own value.
    std::string list = Names(node.input->columns);
    for (std::size_t i = 0; i < node.keys.size(); ++i) {
      OWLET_TRY(const std::string key, printer_.Print(node.keys[i]));
      list += fmt::format("{}{} AS {}", list.empty() ? "" : ", ", key, Name(whole.columns[i].id));
    }
    query.select = std::move(list);
    query = From(Parenthesized(query, node.input));
  }
  std::string list;
  std::string keys;
  for (std::size_t i = 0; i < node.keys.size(); ++i) {
    std::string key = Name(whole.columns[i].id);
    if (plain) {
      key = Name(std::get<plan::BoundColumn>(node.keys[i]->node).id);
    }
    const std::string name = Name(whole.columns[i].id);
    list += (list.empty() ? "" : ", ") + (key == name ? name : fmt::format("{} AS {}", key, name));
    keys += (keys.empty() ? "" : ", ") + key;
  }
  for (std::size_t i = 0; i < node.aggregates.size(); ++i) {
    OWLET_TRY(const std::string aggregate, printer_.Print(node.aggregates[i]));
    list += fmt::format("{}{} AS {}", list.empty() ? "" : ", ", aggregate,
                        Name(whole.columns[node.keys.size() + i].id));
  }
  if (node.grouping_id) {
    const std::string name = Name(whole.columns.back().id);
    list += fmt::format("{}{} AS {}", list.empty() ? "" : ", ",
                        keys.empty()            ? std::string("CAST(0 AS BIGINT)")
                        : node.sets.size() == 1 ? std::string("CAST(0 AS BIGINT)")
                                                : fmt::format("GROUPING({})", keys),
                        name);
  }
  if (node.sets.size() > 1) {
    std::string sets;
    for (const auto& set : node.sets) {
      std::string members;
      for (std::size_t index : set) {
        members += (members.empty() ? "" : ", ") + Name(whole.columns[index].id);
      }
      sets += fmt::format("{}({})", sets.empty() ? "" : ", ", members);
    }
    query.group_by = fmt::format("GROUPING SETS ({})", sets);
  } else {
    query.group_by = node.keys.empty() ? "()" : keys;
  }
  if (list.empty()) list = "count(*) AS nothing";
  query.select = std::move(list);
  return query;
}

Result<SelectText> Lowering::LowerNode(const plan::UnnestNode& node, const plan::Node& whole) {
  OWLET_TRY(SelectText query, Lower(node.input));
  if (!query.TakesSelect() || !query.limit.empty() || !query.qualify.empty() ||
      !query.order_by.empty()) {
    query = From(Parenthesized(query, node.input));
  }
  std::vector<std::string> lists;  // one unnest() each
  std::vector<std::string> lengths;
  struct Output {
    std::size_t list;
    const plan::Type* row;  // null: the value itself
    std::size_t field;
  };
  std::vector<Output> outputs;
  for (const plan::BoundPtr& collection : node.collections) {
    OWLET_TRY(const std::string text, printer_.Print(collection));
    if (collection->type.id() == plan::TypeId::kMap) {
      for (const char* part : {"map_keys", "map_values"}) {
        outputs.push_back({lists.size(), nullptr, 0});
        lists.push_back(fmt::format("{}({})", part, text));
      }
      lengths.push_back(fmt::format("coalesce(cardinality({}), 0)", text));
      continue;
    }
    lengths.push_back(fmt::format("coalesce(len({}), 0)", text));
    const plan::Type& element = collection->type.element();
    if (node.expand_rows && element.id() == plan::TypeId::kRow) {
      for (std::size_t f = 0; f < element.fields().size(); ++f) {
        outputs.push_back({lists.size(), &element, f});
      }
    } else {
      outputs.push_back({lists.size(), nullptr, 0});
    }
    lists.push_back(text);
  }
  std::string most = lengths[0];
  if (lengths.size() > 1) {
    most = "greatest(";
    for (std::size_t i = 0; i < lengths.size(); ++i) most += (i > 0 ? ", " : "") + lengths[i];
    most += ")";
  }
  std::string place = node.zero_based ? fmt::format("range(0, CAST({} AS BIGINT))", most)
                                      : fmt::format("range(1, CAST({} AS BIGINT) + 1)", most);
  if (node.outer) {
    for (std::string& list : lists) {
      list = fmt::format("CASE WHEN {} = 0 THEN [NULL] ELSE {} END", most, list);
    }
    place = fmt::format("CASE WHEN {} = 0 THEN [NULL] ELSE {} END", most, place);
  }
  std::string inner = Names(node.input->columns);
  for (std::size_t i = 0; i < lists.size(); ++i) {
    inner += fmt::format("{}unnest({}) AS u{}", inner.empty() ? "" : ", ", lists[i], i);
  }
  if (node.with_ordinality) inner += fmt::format(", unnest({}) AS place", place);
  query.select = std::move(inner);
  SelectText result = From(Parenthesized(query, node.input));
  std::string outer = Names(node.input->columns);
  std::size_t next = node.input->columns.size();
  auto add = [&](const std::string& text) {
    outer +=
        fmt::format("{}{} AS {}", outer.empty() ? "" : ", ", text, Name(whole.columns[next++].id));
  };
  auto add_place = [&] {
    add(fmt::format("CAST(place AS {})", DuckDbTypeText(whole.columns[next].type)));
  };
  if (node.with_ordinality && node.ordinality_first) add_place();
  for (const Output& output : outputs) {
    const std::string value = fmt::format("u{}", output.list);
    if (output.row == nullptr) {
      add(value);
    } else {
      add(fmt::format("struct_extract({}, {})", value,
                      QuoteText(DuckDbFieldNames(*output.row).at(output.field))));
    }
  }
  if (node.with_ordinality && !node.ordinality_first) add_place();
  result.select = std::move(outer);
  return result;
}

// stack and unpivot: rows of VALUES that see the left side's columns, as a list of structs.
Result<SelectText> Lowering::CrossValues(const plan::JoinNode& node, const plan::ValuesNode& values,
                                         const plan::Node& whole) {
  OWLET_TRY(SelectText query, Lower(node.left));
  if (!query.TakesSelect() || !query.limit.empty() || !query.order_by.empty() ||
      !query.qualify.empty()) {
    query = From(Parenthesized(query, node.left));
  }
  std::string rows;
  for (const auto& row : values.rows) {
    std::string fields;
    for (std::size_t i = 0; i < row.size(); ++i) {
      OWLET_TRY(const std::string value, printer_.Print(row[i]));
      fields += fmt::format("{}f{} := {}", i > 0 ? ", " : "", i, value);
    }
    rows += fmt::format("{}struct_pack({})", rows.empty() ? "" : ", ", fields);
  }
  std::string names = Names(node.left->columns);
  query.select = fmt::format("{}{}unnest([{}]) AS u", names, names.empty() ? "" : ", ", rows);
  SelectText result = From(Parenthesized(query, node.left));
  std::string list = names;
  for (std::size_t i = 0; i < node.right->columns.size(); ++i) {
    list += fmt::format("{}struct_extract(u, 'f{}') AS {}", list.empty() ? "" : ", ", i,
                        Name(node.right->columns[i].id));
  }
  result.select = std::move(list);
  static_cast<void>(whole);
  return result;
}

Result<SelectText> Lowering::LowerNode(const plan::JoinNode& node, const plan::Node& whole) {
  if (node.lateral && node.kind == plan::JoinKind::kCross) {
    if (const auto* values = std::get_if<plan::ValuesNode>(&node.right->node);
        values != nullptr && !values->rows.empty() && !node.right->columns.empty()) {
      return CrossValues(node, *values, whole);
    }
  }
  OWLET_TRY(const SelectText left_query, Lower(node.left));
  std::string left = left_query.OnlyFrom() ? left_query.from : Parenthesized(left_query, node.left);
  OWLET_TRY(const std::string right, Item(node.right));
  std::string condition = "true";
  if (node.condition) {
    OWLET_TRY(condition, printer_.Print(node.condition));
  }
  const std::string lateral = node.lateral ? "LATERAL " : "";
  std::string join;
  switch (node.kind) {
    case plan::JoinKind::kCross:
      join = node.lateral ? "INNER JOIN " : "CROSS JOIN ";
      break;
    case plan::JoinKind::kInner:
      join = "INNER JOIN ";
      break;
    case plan::JoinKind::kLeft:
      join = "LEFT JOIN ";
      break;
    case plan::JoinKind::kRight:
      join = "RIGHT JOIN ";
      break;
    case plan::JoinKind::kFull:
      join = "FULL JOIN ";
      break;
    case plan::JoinKind::kLeftSemi:
      join = "SEMI JOIN ";
      break;
    case plan::JoinKind::kLeftAnti:
      join = "ANTI JOIN ";
      break;
  }
  std::string item = fmt::format("{}\n{}{}{}", left, join, lateral, right);
  if (join != "CROSS JOIN ") item += " ON " + condition;
  SelectText query = From(std::move(item));
  query.simple_from = false;
  return query;
}

}  // namespace

Result<LoweredQuery> LowerToSql(const NodePtr& query, const plan::SessionSettings& session,
                                LeafSql& leaves) {
  Lowering lowering(session, leaves);
  OWLET_TRY(std::string sql, lowering.PrintQuery(query));
  return LoweredQuery{std::move(sql), lowering.printer().TakeOrigins(),
                      lowering.printer().TakePythons()};
}

}  // namespace owlet::engine
