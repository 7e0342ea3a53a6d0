#include "protocol/spark_connect/statistics.h"

#include <fmt/format.h>
#include <spark/connect/relations.pb.h>

#include <algorithm>
#include <charconv>
#include <string>
#include <vector>

#include "core/plan/types.h"
#include "protocol/spark_connect/expression_proto.h"
#include "protocol/spark_connect/relation_proto.h"
#include "protocol/spark_connect/type_proto.h"

namespace owlet::spark_connect {

namespace proto = ::spark::connect;
using plan::ExpressionPtr;
using plan::Literal;
using plan::MakeExpression;
using plan::MakeRelation;
using plan::RelationPtr;
using plan::Type;
using plan::TypeId;

namespace {

ExpressionPtr Column(std::string name) {
  return MakeExpression(plan::ColumnReference{.parts = {std::move(name)}});
}
ExpressionPtr Text(std::string value) { return MakeExpression(Literal::String(std::move(value))); }
ExpressionPtr Double(double value) { return MakeExpression(Literal::Double(value)); }

ExpressionPtr Call(std::string name, std::vector<ExpressionPtr> arguments, bool is_operator = false,
                   bool distinct = false) {
  plan::FunctionCall call;
  call.name = std::move(name);
  call.arguments = std::move(arguments);
  call.is_operator = is_operator;
  call.distinct = distinct;
  return MakeExpression(std::move(call));
}

ExpressionPtr CastTo(ExpressionPtr input, Type type, plan::CastMode mode = plan::CastMode::kTry) {
  plan::Cast cast;
  cast.input = std::move(input);
  cast.type = std::move(type);
  cast.mode = mode;
  return MakeExpression(std::move(cast));
}

ExpressionPtr Named(ExpressionPtr input, std::string name) {
  plan::Alias alias;
  alias.input = std::move(input);
  alias.names = {std::move(name)};
  return MakeExpression(std::move(alias));
}

RelationPtr AggregateAll(RelationPtr input, std::vector<ExpressionPtr> aggregates) {
  plan::Aggregate aggregate;
  aggregate.input = std::move(input);
  aggregate.grouping.push_back({plan::GroupKind::kGroupBy, {{}}});
  aggregate.aggregates = std::move(aggregates);
  return MakeRelation(std::move(aggregate));
}

std::unexpected<Error> UnknownStatistic(const std::string& name) {
  return Fail(Error{.reason = Reason::kInvalidArgument,
                    .message = fmt::format("{} is not a recognised statistic", name),
                    .condition = "_LEGACY_ERROR_TEMP_2114",
                    .parameters = {{"stats", name}}});
}

/// One statistic of one column, as text. Columns that are no numbers have their means and
/// percentiles as far as their values read as numbers, as in Spark.
Result<ExpressionPtr> Statistic(const std::string& name, const plan::Field& field) {
  const ExpressionPtr plain = Column(field.name);
  const bool numeric = field.type.IsNumeric();
  const ExpressionPtr number = numeric ? plain : CastTo(plain, Type(TypeId::kDouble));
  const auto text = [](ExpressionPtr value) {
    return CastTo(std::move(value), Type::Varchar(), plan::CastMode::kDialect);
  };
  if (name == "count") return text(Call("count", {plain}));
  if (name == "count_distinct") return text(Call("count", {plain}, false, /*distinct=*/true));
  if (name == "approx_count_distinct") return text(Call("approx_count_distinct", {plain}));
  if (name == "mean") return text(Call("avg", {number}));
  if (name == "stddev") return text(Call("stddev", {number}));
  if (name == "min" || name == "max") return text(Call(name, {plain}));
  if (name.ends_with('%')) {
    double percent = -1;
    const char* stop = name.data() + name.size() - 1;
    const auto [end, error] = std::from_chars(name.data(), stop, percent);
    if (error != std::errc{} || end != stop) return UnknownStatistic(name);
    if (percent < 0 || percent > 100) {
      return Fail(Reason::kInvalidArgument,
                  "requirement failed: Percentiles must be in the range [0, 1]");
    }
    return text(Call("percentile_approx", {number, Double(percent / 100)}));
  }
  return UnknownStatistic(name);
}

/// A row for each statistic: one aggregate gives an array for each column, then the arrays' places
/// become rows.
Result<RelationPtr> Summary(RelationReader& relations, RelationPtr input,
                            const std::vector<std::string>& statistics,
                            const std::vector<std::string>& wanted) {
  OWLET_TRY(const plan::Schema schema, relations.SchemaOf(input));
  std::vector<plan::Field> columns;
  for (const plan::Field& field : schema) {
    const bool fits = field.type.IsNumeric() || field.type.IsCharacter();
    if (fits && (wanted.empty() || std::ranges::find(wanted, field.name) != wanted.end())) {
      columns.push_back(field);
    }
  }
  if (!wanted.empty()) {  // in the order that the caller gave; unknown names are its mistake
    plan::Project only{input, {}};
    for (const std::string& name : wanted) only.expressions.push_back(Column(name));
    OWLET_TRY(const plan::Schema chosen, relations.SchemaOf(MakeRelation(std::move(only))));
    columns.clear();
    for (const plan::Field& field : chosen) {
      if (field.type.IsNumeric() || field.type.IsCharacter()) columns.push_back(field);
    }
  }
  std::vector<ExpressionPtr> names;
  for (const std::string& name : statistics) names.push_back(Text(name));
  std::vector<ExpressionPtr> aggregates;
  aggregates.push_back(Named(Call("count", {MakeExpression(Literal::Integer(1))}), "all"));
  for (std::size_t i = 0; i < columns.size(); ++i) {
    std::vector<ExpressionPtr> values;
    for (const std::string& name : statistics) {
      OWLET_TRY(ExpressionPtr value, Statistic(name, columns[i]));
      values.push_back(std::move(value));
    }
    aggregates.push_back(
        Named(Call("array", std::move(values), /*is_operator=*/true), fmt::format("values{}", i)));
  }
  plan::Project places{AggregateAll(std::move(input), std::move(aggregates)), {}};
  plan::Alias place;
  place.input = Call("posexplode", {Call("array", std::move(names), /*is_operator=*/true)});
  place.names = {"place", "summary"};
  places.expressions.push_back(MakeExpression(std::move(place)));
  for (std::size_t i = 0; i < columns.size(); ++i) {
    places.expressions.push_back(Column(fmt::format("values{}", i)));
  }
  plan::Project rows{MakeRelation(std::move(places)), {}};
  rows.expressions.push_back(Column("summary"));
  for (std::size_t i = 0; i < columns.size(); ++i) {
    plan::ExtractValue value{Column(fmt::format("values{}", i)), Column("place")};
    rows.expressions.push_back(Named(MakeExpression(std::move(value)), columns[i].name));
  }
  return MakeRelation(std::move(rows));
}

/// Frequencies of pairs: a row for each value of `col1`, a column for each of `col2`.
RelationPtr Crosstab(RelationPtr input, const std::string& col1, const std::string& col2) {
  const auto text = [](const std::string& name) {
    return Call("coalesce",
                {CastTo(Column(name), Type::Varchar(), plan::CastMode::kDialect), Text("null")},
                /*is_operator=*/true);
  };
  plan::Aggregate counts;
  const std::string first = fmt::format("{}_{}", col1, col2);
  plan::Project pairs{std::move(input), {Named(text(col1), first), Named(text(col2), "value")}};
  counts.input = MakeRelation(std::move(pairs));
  counts.grouping.push_back({plan::GroupKind::kGroupBy, {{Column(first)}}});
  counts.aggregates.push_back(Call("count", {MakeExpression(Literal::Integer(1))}));
  plan::PivotSpec pivot;
  pivot.columns.push_back(Column("value"));
  counts.pivot = std::move(pivot);
  plan::NaFill zeros;
  zeros.input = MakeRelation(std::move(counts));
  zeros.values.push_back(Literal::Bigint(0));
  return MakeRelation(std::move(zeros));
}

RelationPtr Quantiles(RelationPtr input, const proto::StatApproxQuantile& request) {
  std::vector<ExpressionPtr> probabilities;
  for (const double value : request.probabilities()) probabilities.push_back(Double(value));
  std::vector<ExpressionPtr> columns;
  for (const std::string& name : request.cols()) {
    columns.push_back(Call("percentile_approx",
                           {CastTo(Column(name), Type(TypeId::kDouble), plan::CastMode::kDialect),
                            Call("array", probabilities, /*is_operator=*/true)}));
  }
  return AggregateAll(std::move(input),
                      {Named(Call("array", std::move(columns), true), "approx_quantile")});
}

Result<RelationPtr> SampleBy(ExpressionReader& expressions, RelationPtr input,
                             const proto::StatSampleBy& sample) {
  OWLET_TRY(const ExpressionPtr column, expressions.Read(sample.col()));
  std::vector<ExpressionPtr> cases;
  for (const auto& fraction : sample.fractions()) {
    OWLET_TRY(Literal stratum, LiteralFromProto(fraction.stratum()));
    cases.push_back(Call("<=>", {column, MakeExpression(std::move(stratum))}, true));
    cases.push_back(Double(fraction.fraction()));
  }
  ExpressionPtr limit = Double(0);
  if (!cases.empty()) {
    cases.push_back(Double(0));
    limit = Call("case", std::move(cases), true);
  }
  std::vector<ExpressionPtr> seed;
  if (sample.has_seed()) seed.push_back(MakeExpression(Literal::Bigint(sample.seed())));
  return MakeRelation(
      plan::Filter{std::move(input), Call("<", {Call("rand", std::move(seed)), limit}, true)});
}

/// The values that come often: an array a column.
RelationPtr FrequentItems(RelationPtr input, const proto::StatFreqItems& request) {
  const double support = request.has_support() ? request.support() : 0.01;
  std::vector<ExpressionPtr> columns;
  for (const std::string& name : request.cols()) {
    columns.push_back(
        Named(Call("freq_items", {Column(name), Double(support)}), name + "_freqItems"));
  }
  return AggregateAll(std::move(input), std::move(columns));
}

/// Columns become rows: the values of the index column, sorted, are the new columns' names.
Result<RelationPtr> Transpose(RelationReader& relations, ExpressionReader& expressions,
                              RelationPtr input, const proto::Transpose& request) {
  OWLET_TRY(const plan::Schema schema, relations.SchemaOf(input));
  if (schema.empty()) return input;
  std::string index = schema[0].name;
  if (request.index_columns_size() > 0) {
    OWLET_TRY(const ExpressionPtr given, expressions.Read(request.index_columns(0)));
    plan::Project only{input, {given}};
    OWLET_TRY(const plan::Schema chosen, relations.SchemaOf(MakeRelation(std::move(only))));
    index = chosen.at(0).name;
  }
  std::vector<ExpressionPtr> values;
  std::vector<ExpressionPtr> names;
  for (const plan::Field& field : schema) {
    if (field.name == index) continue;
    values.push_back(Column(field.name));
    names.push_back(Text(field.name));
  }
  if (values.empty()) {
    plan::Project none{std::move(input), {Named(Text(""), "key")}};
    return MakeRelation(
        plan::Limit{MakeRelation(std::move(none)), MakeExpression(Literal::Bigint(0))});
  }
  plan::Filter present{std::move(input), Call("is not null", {Column(index)}, true)};
  plan::Unpivot rows{.input = MakeRelation(std::move(present)),
                     .ids = {Column(index)},
                     .values = std::move(values),
                     .variable_column = "key",
                     .value_column = "value"};
  plan::Aggregate wide;
  wide.input = MakeRelation(std::move(rows));
  wide.grouping.push_back({plan::GroupKind::kGroupBy, {{Column("key")}}});
  wide.aggregates.push_back(Call("first", {Column("value")}));
  plan::PivotSpec pivot;
  pivot.columns.push_back(Column(index));
  wide.pivot = std::move(pivot);
  plan::SortOrder place{
      Call("array_position", {Call("array", std::move(names), true), Column("key")})};
  return MakeRelation(plan::Sort{MakeRelation(std::move(wide)), {std::move(place)}});
}

}  // namespace

Result<RelationPtr> ReadStatistic(RelationReader& relations, ExpressionReader& expressions,
                                  const proto::Relation& relation) {
  using R = proto::Relation;
  const auto list = [](const auto& texts) {
    return std::vector<std::string>(texts.begin(), texts.end());
  };
  switch (relation.rel_type_case()) {
    case R::kDescribe: {
      OWLET_TRY(RelationPtr input, relations.Read(relation.describe().input()));
      return Summary(relations, std::move(input), {"count", "mean", "stddev", "min", "max"},
                     list(relation.describe().cols()));
    }
    case R::kSummary: {
      OWLET_TRY(RelationPtr input, relations.Read(relation.summary().input()));
      std::vector<std::string> statistics = list(relation.summary().statistics());
      if (statistics.empty()) {
        statistics = {"count", "mean", "stddev", "min", "25%", "50%", "75%", "max"};
      }
      return Summary(relations, std::move(input), statistics, {});
    }
    case R::kCrosstab: {
      OWLET_TRY(RelationPtr input, relations.Read(relation.crosstab().input()));
      return Crosstab(std::move(input), relation.crosstab().col1(), relation.crosstab().col2());
    }
    case R::kCov: {
      OWLET_TRY(RelationPtr input, relations.Read(relation.cov().input()));
      return AggregateAll(
          std::move(input),
          {Named(Call("covar_samp", {Column(relation.cov().col1()), Column(relation.cov().col2())}),
                 "cov")});
    }
    case R::kCorr: {
      const auto& request = relation.corr();
      if (request.has_method() && request.method() != "pearson") {
        return Fail(Reason::kInvalidArgument,
                    "requirement failed: Currently only the calculation of the Pearson Correlation "
                    "coefficient is supported.");
      }
      OWLET_TRY(RelationPtr input, relations.Read(request.input()));
      return AggregateAll(
          std::move(input),
          {Named(Call("corr", {Column(request.col1()), Column(request.col2())}), "corr")});
    }
    case R::kApproxQuantile: {
      OWLET_TRY(RelationPtr input, relations.Read(relation.approx_quantile().input()));
      return Quantiles(std::move(input), relation.approx_quantile());
    }
    case R::kFreqItems: {
      OWLET_TRY(RelationPtr input, relations.Read(relation.freq_items().input()));
      return FrequentItems(std::move(input), relation.freq_items());
    }
    case R::kTranspose: {
      OWLET_TRY(RelationPtr input, relations.Read(relation.transpose().input()));
      return Transpose(relations, expressions, std::move(input), relation.transpose());
    }
    case R::kSampleBy: {
      OWLET_TRY(RelationPtr input, relations.Read(relation.sample_by().input()));
      return SampleBy(expressions, std::move(input), relation.sample_by());
    }
    default:
      return Fail(Reason::kInternal, "this relation is no statistic");
  }
}

}  // namespace owlet::spark_connect
