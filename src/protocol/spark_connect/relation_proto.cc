#include "protocol/spark_connect/relation_proto.h"

#include <fmt/format.h>
#include <spark/connect/expressions.pb.h>
#include <spark/connect/relations.pb.h>

#include <algorithm>

#include "core/plan/type_names.h"
#include "core/sql/parser.h"
#include "protocol/spark_connect/expression_proto.h"
#include "protocol/spark_connect/python_relations.h"
#include "protocol/spark_connect/statistics.h"
#include "protocol/spark_connect/type_proto.h"

namespace owlet::spark_connect {

namespace proto = ::spark::connect;
using plan::ExpressionPtr;
using plan::MakeExpression;
using plan::RelationPtr;

namespace {

/// What every reader of one kind of relation gives: the node, to which Read adds the plan id.
using NodeResult = Result<plan::Relation>;

template <class Node>
NodeResult Made(Node node) {
  return plan::Relation{std::move(node), std::nullopt, nullptr};
}

/// The client writes a schema as DDL, or as the JSON of a StructType.
Result<plan::Schema> SchemaFromText(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  const bool json = first != std::string::npos && text[first] == '{';
  return json ? plan::ParseSparkSchemaJson(text) : sql::ParseSparkSchema(text);
}

std::unexpected<Error> NotImplemented(std::string_view what) {
  return Fail(
      Error{.reason = Reason::kNotImplemented,
            .message = fmt::format("the Spark Connect relation {} is not implemented", what),
            .condition = "UNSUPPORTED_FEATURE"});
}

plan::FindFunction FunctionsOf(RelationReader& reader) {
  return
      [&reader](const std::string& name) { return reader.references().FindPythonFunction(name); };
}

class Reader {
 public:
  explicit Reader(RelationReader& outer)
      : outer_(outer),
        expressions_([&outer](std::int64_t plan_id) { return outer.FindReference(plan_id); },
                     FunctionsOf(outer)) {}

  NodeResult Node(const proto::Relation& relation);
  Result<plan::BindParameters> Parameters(const proto::SQL& sql);

 private:
  NodeResult ReadSource(const proto::Read& read);
  NodeResult Local(const proto::LocalRelation& local);
  NodeResult CachedLocal(const std::string& hash);
  NodeResult ChunkedLocal(const proto::ChunkedCachedLocalRelation& local);
  NodeResult Sql(const proto::SQL& sql);
  NodeResult Join(const proto::Join& join);
  NodeResult Lateral(const proto::LateralJoin& join);
  NodeResult SetOperation(const proto::SetOperation& operation);
  NodeResult Aggregate(const proto::Aggregate& aggregate);
  NodeResult WithColumns(const proto::WithColumns& with);
  NodeResult Renamed(const proto::WithColumnsRenamed& with);
  NodeResult Unpivot(const proto::Unpivot& unpivot);
  NodeResult NaFill(const proto::NAFill& fill);
  NodeResult NaReplace(const proto::NAReplace& replace);
  NodeResult TableFunction(const proto::UnresolvedTableValuedFunction& function);
  NodeResult ToSchema(const proto::ToSchema& to);

  Result<RelationPtr> Input(const proto::Relation& relation) { return outer_.Read(relation); }

  RelationReader& outer_;
  ExpressionReader expressions_;
};

NodeResult Reader::ReadSource(const proto::Read& read) {
  if (read.is_streaming()) return NotImplemented("Read of a stream");
  if (read.has_named_table()) {
    plan::ReadTable out;
    OWLET_TRY(out.name, sql::ParseSparkTableName(read.named_table().unparsed_identifier()));
    out.options.insert(read.named_table().options().begin(), read.named_table().options().end());
    return Made(std::move(out));
  }
  if (!read.has_data_source()) return NotImplemented("Read without a source");
  const auto& source = read.data_source();
  plan::ReadFiles out;
  out.format = source.format().empty() ? "parquet" : source.format();
  std::ranges::transform(out.format, out.format.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  out.paths.assign(source.paths().begin(), source.paths().end());
  out.options.insert(source.options().begin(), source.options().end());
  if (!source.schema().empty()) {
    OWLET_TRY(plan::Schema schema, SchemaFromText(source.schema()));
    out.schema = std::move(schema);
  }
  return Made(std::move(out));
}

NodeResult Reader::Local(const proto::LocalRelation& local) {
  plan::LocalRelation out;
  if (local.has_data()) out.arrow_ipc = std::make_shared<const std::string>(local.data());
  if (local.has_schema() && !local.schema().empty()) {
    OWLET_TRY(plan::Schema schema, SchemaFromText(local.schema()));
    out.schema = std::move(schema);
  }
  return Made(std::move(out));
}

NodeResult Reader::CachedLocal(const std::string& hash) {
  OWLET_TRY(const auto data, outer_.references().FindCachedData(hash));
  proto::LocalRelation local;
  if (!local.ParseFromString(*data)) {
    return Fail(Reason::kMalformedRequest,
                fmt::format("the artifact cache/{} is not a local relation", hash));
  }
  return Local(local);
}

// Each chunk is an Arrow stream of its own; their union in order is the relation.
NodeResult Reader::ChunkedLocal(const proto::ChunkedCachedLocalRelation& local) {
  std::optional<plan::Schema> schema;
  if (local.has_schemahash() && !local.schemahash().empty()) {
    OWLET_TRY(const auto text, outer_.references().FindCachedData(local.schemahash()));
    OWLET_TRY(plan::Schema parsed, SchemaFromText(*text));
    schema = std::move(parsed);
  }
  RelationPtr all;
  for (const std::string& hash : local.datahashes()) {
    OWLET_TRY(auto data, outer_.references().FindCachedData(hash));
    RelationPtr one = plan::MakeRelation(plan::LocalRelation{std::move(data), schema});
    all = all == nullptr
              ? std::move(one)
              : plan::MakeRelation(plan::SetOperation{std::move(all), std::move(one),
                                                      plan::SetKind::kUnion, /*all=*/true});
  }
  if (all == nullptr) return Made(plan::LocalRelation{nullptr, std::move(schema)});
  return *all;
}

NodeResult Reader::Sql(const proto::SQL& sql) {
  OWLET_TRY(plan::BindParameters bind, Parameters(sql));
  OWLET_TRY(sql::Statement statement,
            sql::ParseSpark(sql.query(), NameEvaluator(bind, outer_.find_text())));
  const auto* query = std::get_if<sql::Query>(&statement.node);
  if (query == nullptr) {
    return Fail(Reason::kInvalidArgument,
                "a statement that is no query cannot stand inside a DataFrame's plan");
  }
  bind.input = plan::InlineFunctions(query->relation, FunctionsOf(outer_));
  if (bind.named.empty() && bind.positional.empty()) return *bind.input;
  return Made(std::move(bind));
}

Result<plan::BindParameters> Reader::Parameters(const proto::SQL& sql) {
  plan::BindParameters bind;
  for (const auto& [name, value] : sql.named_arguments()) {
    OWLET_TRY(bind.named[name], expressions_.Read(value));
  }
  for (const auto& [name, value] : sql.args()) {
    OWLET_TRY(plan::Literal literal, LiteralFromProto(value));
    bind.named[name] = MakeExpression(std::move(literal));
  }
  OWLET_TRY(bind.positional, expressions_.ReadAll(sql.pos_arguments()));
  for (const auto& value : sql.pos_args()) {
    OWLET_TRY(plan::Literal literal, LiteralFromProto(value));
    bind.positional.push_back(MakeExpression(std::move(literal)));
  }
  return bind;
}

plan::JoinKind JoinKindOf(proto::Join_JoinType type) {
  switch (type) {
    case proto::Join_JoinType_JOIN_TYPE_FULL_OUTER:
      return plan::JoinKind::kFull;
    case proto::Join_JoinType_JOIN_TYPE_LEFT_OUTER:
      return plan::JoinKind::kLeft;
    case proto::Join_JoinType_JOIN_TYPE_RIGHT_OUTER:
      return plan::JoinKind::kRight;
    case proto::Join_JoinType_JOIN_TYPE_LEFT_ANTI:
      return plan::JoinKind::kLeftAnti;
    case proto::Join_JoinType_JOIN_TYPE_LEFT_SEMI:
      return plan::JoinKind::kLeftSemi;
    case proto::Join_JoinType_JOIN_TYPE_CROSS:
      return plan::JoinKind::kCross;
    default:
      return plan::JoinKind::kInner;
  }
}

NodeResult Reader::Join(const proto::Join& join) {
  plan::Join out;
  OWLET_TRY(out.left, Input(join.left()));
  OWLET_TRY(out.right, Input(join.right()));
  out.kind = JoinKindOf(join.join_type());
  if (join.has_join_condition()) {
    OWLET_TRY(out.condition, expressions_.Read(join.join_condition()));
  }
  out.using_columns.assign(join.using_columns().begin(), join.using_columns().end());
  return Made(std::move(out));
}

NodeResult Reader::Lateral(const proto::LateralJoin& join) {
  plan::Join out;
  OWLET_TRY(out.left, Input(join.left()));
  OWLET_TRY(out.right, Input(join.right()));
  out.kind = JoinKindOf(join.join_type());
  out.lateral = true;
  if (join.has_join_condition()) {
    OWLET_TRY(out.condition, expressions_.Read(join.join_condition()));
  }
  return Made(std::move(out));
}

NodeResult Reader::SetOperation(const proto::SetOperation& operation) {
  plan::SetOperation out;
  OWLET_TRY(out.left, Input(operation.left_input()));
  OWLET_TRY(out.right, Input(operation.right_input()));
  switch (operation.set_op_type()) {
    case proto::SetOperation_SetOpType_SET_OP_TYPE_INTERSECT:
      out.kind = plan::SetKind::kIntersect;
      break;
    case proto::SetOperation_SetOpType_SET_OP_TYPE_EXCEPT:
      out.kind = plan::SetKind::kExcept;
      break;
    default:
      out.kind = plan::SetKind::kUnion;
  }
  out.all = operation.is_all();
  out.by_name = operation.by_name();
  out.allow_missing_columns = operation.allow_missing_columns();
  return Made(std::move(out));
}

// Rollup and cube come as one list: one level an expression.
plan::GroupingElement Levels(plan::GroupKind kind, std::vector<ExpressionPtr> expressions) {
  plan::GroupingElement element{kind, {}};
  for (ExpressionPtr& expression : expressions) element.sets.push_back({std::move(expression)});
  return element;
}

NodeResult Reader::Aggregate(const proto::Aggregate& aggregate) {
  plan::Aggregate out;
  OWLET_TRY(out.input, Input(aggregate.input()));
  OWLET_TRY(auto grouping, expressions_.ReadAll(aggregate.grouping_expressions()));
  OWLET_TRY(out.aggregates, expressions_.ReadAll(aggregate.aggregate_expressions()));
  switch (aggregate.group_type()) {
    case proto::Aggregate_GroupType_GROUP_TYPE_ROLLUP:
      out.grouping.push_back(Levels(plan::GroupKind::kRollup, std::move(grouping)));
      break;
    case proto::Aggregate_GroupType_GROUP_TYPE_CUBE:
      out.grouping.push_back(Levels(plan::GroupKind::kCube, std::move(grouping)));
      break;
    case proto::Aggregate_GroupType_GROUP_TYPE_GROUPING_SETS: {
      plan::GroupingElement element{plan::GroupKind::kGroupingSets, {}};
      for (const auto& set : aggregate.grouping_sets()) {
        OWLET_TRY(auto expressions, expressions_.ReadAll(set.grouping_set()));
        element.sets.push_back(std::move(expressions));
      }
      out.grouping.push_back(std::move(element));
      break;
    }
    case proto::Aggregate_GroupType_GROUP_TYPE_PIVOT: {
      plan::PivotSpec pivot;
      OWLET_TRY(ExpressionPtr column, expressions_.Read(aggregate.pivot().col()));
      pivot.columns.push_back(std::move(column));
      for (const auto& value : aggregate.pivot().values()) {
        OWLET_TRY(plan::Literal literal, LiteralFromProto(value));
        pivot.values.emplace_back(MakeExpression(std::move(literal)), "");
      }
      out.pivot = std::move(pivot);
      [[fallthrough]];
    }
    default:
      out.grouping.push_back({plan::GroupKind::kGroupBy, {std::move(grouping)}});
  }
  return Made(std::move(out));
}

NodeResult Reader::WithColumns(const proto::WithColumns& with) {
  plan::WithColumns out;
  OWLET_TRY(out.input, Input(with.input()));
  for (const auto& alias : with.aliases()) {
    plan::Alias column;
    OWLET_TRY(column.input, expressions_.Read(alias.expr()));
    column.names.assign(alias.name().begin(), alias.name().end());
    column.metadata = alias.metadata();
    out.columns.push_back(std::move(column));
  }
  return Made(std::move(out));
}

NodeResult Reader::Renamed(const proto::WithColumnsRenamed& with) {
  plan::WithColumnsRenamed out;
  OWLET_TRY(out.input, Input(with.input()));
  for (const auto& rename : with.renames()) {
    out.renames.emplace_back(rename.col_name(), rename.new_col_name());
  }
  if (out.renames.empty()) {  // clients before 4.0
    for (const auto& [from, to] : with.rename_columns_map()) out.renames.emplace_back(from, to);
  }
  return Made(std::move(out));
}

NodeResult Reader::Unpivot(const proto::Unpivot& unpivot) {
  plan::Unpivot out;
  OWLET_TRY(out.input, Input(unpivot.input()));
  OWLET_TRY(out.ids, expressions_.ReadAll(unpivot.ids()));
  if (unpivot.has_values()) {
    OWLET_TRY(auto values, expressions_.ReadAll(unpivot.values().values()));
    out.values = std::move(values);
  }
  out.variable_column = unpivot.variable_column_name();
  out.value_column = unpivot.value_column_name();
  return Made(std::move(out));
}

NodeResult Reader::NaFill(const proto::NAFill& fill) {
  plan::NaFill out;
  OWLET_TRY(out.input, Input(fill.input()));
  out.columns.assign(fill.cols().begin(), fill.cols().end());
  for (const auto& value : fill.values()) {
    OWLET_TRY(plan::Literal literal, LiteralFromProto(value));
    out.values.push_back(std::move(literal));
  }
  return Made(std::move(out));
}

NodeResult Reader::NaReplace(const proto::NAReplace& replace) {
  plan::NaReplace out;
  OWLET_TRY(out.input, Input(replace.input()));
  out.columns.assign(replace.cols().begin(), replace.cols().end());
  for (const auto& pair : replace.replacements()) {
    OWLET_TRY(plan::Literal old_value, LiteralFromProto(pair.old_value()));
    OWLET_TRY(plan::Literal new_value, LiteralFromProto(pair.new_value()));
    out.replacements.emplace_back(std::move(old_value), std::move(new_value));
  }
  return Made(std::move(out));
}

NodeResult Reader::TableFunction(const proto::UnresolvedTableValuedFunction& function) {
  plan::TableFunction out;
  out.name = function.function_name();
  if (out.name.ends_with("_outer")) {
    out.name.resize(out.name.size() - std::string_view("_outer").size());
    out.outer = true;
  }
  OWLET_TRY(out.arguments, expressions_.ReadAll(function.arguments()));
  return *plan::InlineFunctions(plan::MakeRelation(std::move(out)), FunctionsOf(outer_));
}

NodeResult Reader::ToSchema(const proto::ToSchema& to) {
  plan::ToSchema out;
  OWLET_TRY(out.input, Input(to.input()));
  OWLET_TRY(out.schema, SchemaFromProto(to.schema()));
  return Made(std::move(out));
}

plan::ExpressionPtr BigintLiteral(std::int64_t value) {
  return MakeExpression(plan::Literal::Bigint(value));
}

NodeResult Reader::Node(const proto::Relation& relation) {
  using R = proto::Relation;
  switch (relation.rel_type_case()) {
    case R::kRead:
      return ReadSource(relation.read());
    case R::kProject: {
      plan::Project out;
      if (relation.project().has_input()) {
        OWLET_TRY(out.input, Input(relation.project().input()));
      } else {
        out.input = plan::MakeRelation(plan::OneRow{});
      }
      OWLET_TRY(out.expressions, expressions_.ReadAll(relation.project().expressions()));
      return Made(std::move(out));
    }
    case R::kFilter: {
      plan::Filter out;
      OWLET_TRY(out.input, Input(relation.filter().input()));
      OWLET_TRY(out.condition, expressions_.Read(relation.filter().condition()));
      return Made(std::move(out));
    }
    case R::kJoin:
      return Join(relation.join());
    case R::kLateralJoin:
      return Lateral(relation.lateral_join());
    case R::kSetOp:
      return SetOperation(relation.set_op());
    case R::kSort: {
      plan::Sort out;
      OWLET_TRY(out.input, Input(relation.sort().input()));
      OWLET_TRY(out.orders, expressions_.ReadSortOrders(relation.sort().order()));
      out.global = relation.sort().is_global();
      return Made(std::move(out));
    }
    case R::kLimit: {
      OWLET_TRY(RelationPtr input, Input(relation.limit().input()));
      return Made(plan::Limit{std::move(input), BigintLiteral(relation.limit().limit())});
    }
    case R::kOffset: {
      OWLET_TRY(RelationPtr input, Input(relation.offset().input()));
      return Made(
          plan::Limit{std::move(input), nullptr, BigintLiteral(relation.offset().offset())});
    }
    case R::kTail: {
      OWLET_TRY(RelationPtr input, Input(relation.tail().input()));
      return Made(plan::Tail{std::move(input), relation.tail().limit()});
    }
    case R::kAggregate:
      return Aggregate(relation.aggregate());
    case R::kSql:
      return Sql(relation.sql());
    case R::kLocalRelation:
      return Local(relation.local_relation());
    case R::kCachedLocalRelation:
      return CachedLocal(relation.cached_local_relation().hash());
    case R::kChunkedCachedLocalRelation:
      return ChunkedLocal(relation.chunked_cached_local_relation());
    case R::kCachedRemoteRelation: {
      OWLET_TRY(RelationPtr cached, outer_.references().FindRemoteRelation(
                                        relation.cached_remote_relation().relation_id()));
      return *cached;
    }
    case R::kSample: {
      const auto& sample = relation.sample();
      plan::Sample out;
      OWLET_TRY(out.input, Input(sample.input()));
      out.lower = sample.lower_bound();
      out.upper = sample.upper_bound();
      out.with_replacement = sample.with_replacement();
      if (sample.has_seed()) out.seed = sample.seed();
      return Made(std::move(out));
    }
    case R::kDeduplicate: {
      plan::Deduplicate out;
      OWLET_TRY(out.input, Input(relation.deduplicate().input()));
      out.columns.assign(relation.deduplicate().column_names().begin(),
                         relation.deduplicate().column_names().end());
      out.all_columns = relation.deduplicate().all_columns_as_keys();
      return Made(std::move(out));
    }
    case R::kRange:
      return Made(
          plan::Range{relation.range().start(), relation.range().end(), relation.range().step()});
    case R::kSubqueryAlias: {
      plan::SubqueryAlias out;
      OWLET_TRY(out.input, Input(relation.subquery_alias().input()));
      out.name.assign(relation.subquery_alias().qualifier().begin(),
                      relation.subquery_alias().qualifier().end());
      out.name.push_back(relation.subquery_alias().alias());
      return Made(std::move(out));
    }
    case R::kRepartition: {
      plan::Repartition out;
      OWLET_TRY(out.input, Input(relation.repartition().input()));
      out.num_partitions = relation.repartition().num_partitions();
      return Made(std::move(out));
    }
    case R::kRepartitionByExpression: {
      const auto& repartition = relation.repartition_by_expression();
      plan::Repartition out;
      OWLET_TRY(out.input, Input(repartition.input()));
      OWLET_TRY(out.expressions, expressions_.ReadAll(repartition.partition_exprs()));
      if (repartition.has_num_partitions()) out.num_partitions = repartition.num_partitions();
      return Made(std::move(out));
    }
    case R::kHint: {  // a hint changes no rows
      OWLET_TRY(RelationPtr input, Input(relation.hint().input()));
      return *input;
    }
    case R::kCollectMetrics: {  // measured beside the plan (observed_metrics.cc)
      OWLET_TRY(RelationPtr input, Input(relation.collect_metrics().input()));
      return *input;
    }
    case R::kToDf: {
      plan::ToDataFrame out;
      OWLET_TRY(out.input, Input(relation.to_df().input()));
      out.names.assign(relation.to_df().column_names().begin(),
                       relation.to_df().column_names().end());
      return Made(std::move(out));
    }
    case R::kToSchema:
      return ToSchema(relation.to_schema());
    case R::kWithColumns:
      return WithColumns(relation.with_columns());
    case R::kWithColumnsRenamed:
      return Renamed(relation.with_columns_renamed());
    case R::kDrop: {
      plan::Drop out;
      OWLET_TRY(out.input, Input(relation.drop().input()));
      OWLET_TRY(out.columns, expressions_.ReadAll(relation.drop().columns()));
      out.names.assign(relation.drop().column_names().begin(),
                       relation.drop().column_names().end());
      return Made(std::move(out));
    }
    case R::kUnpivot:
      return Unpivot(relation.unpivot());
    case R::kFillNa:
      return NaFill(relation.fill_na());
    case R::kDropNa: {
      plan::NaDrop out;
      OWLET_TRY(out.input, Input(relation.drop_na().input()));
      out.columns.assign(relation.drop_na().cols().begin(), relation.drop_na().cols().end());
      if (relation.drop_na().has_min_non_nulls()) {
        out.min_non_nulls = relation.drop_na().min_non_nulls();
      }
      return Made(std::move(out));
    }
    case R::kReplace:
      return NaReplace(relation.replace());
    case R::kWithRelations: {
      OWLET_TRY(RelationPtr root, outer_.ReadWithReferences(relation));
      return *root;
    }
    case R::kMapPartitions:
    case R::kGroupMap:
    case R::kCoGroupMap:
    case R::kCommonInlineUserDefinedTableFunction: {
      OWLET_TRY(RelationPtr python, ReadPythonRelation(outer_, expressions_, relation));
      return *python;
    }
    case R::kUnresolvedTableValuedFunction:
      return TableFunction(relation.unresolved_table_valued_function());
    case R::kDescribe:
    case R::kSummary:
    case R::kCrosstab:
    case R::kCov:
    case R::kCorr:
    case R::kApproxQuantile:
    case R::kFreqItems:
    case R::kTranspose:
    case R::kSampleBy: {
      OWLET_TRY(RelationPtr statistic, ReadStatistic(outer_, expressions_, relation));
      return *statistic;
    }
    default:
      break;
  }
  const auto* field =
      relation.GetDescriptor()->FindFieldByNumber(static_cast<int>(relation.rel_type_case()));
  return NotImplemented(field == nullptr ? "(empty)" : field->message_type()->name());
}

}  // namespace

Result<RelationPtr> RelationReader::Read(const proto::Relation& relation) {
  Reader reader(*this);
  OWLET_TRY(plan::Relation node, reader.Node(relation));
  if (relation.common().has_plan_id()) {
    const std::int64_t plan_id = relation.common().plan_id();
    // A hint or a reference hands its input on; that one's own id must stay reachable too.
    if (node.plan_id && *node.plan_id != plan_id) {
      plan::Repartition transparent{
          std::make_shared<const plan::Relation>(std::move(node)), {}, {}};
      return plan::MakeRelation(std::move(transparent), plan_id);
    }
    node.plan_id = plan_id;
  }
  return std::make_shared<const plan::Relation>(std::move(node));
}

Result<plan::BindParameters> RelationReader::ReadParameters(const proto::SQL& sql) {
  return Reader(*this).Parameters(sql);
}

Result<RelationPtr> RelationReader::FindReference(std::int64_t plan_id) {
  const auto found = by_plan_id_.find(plan_id);
  if (found == by_plan_id_.end()) {
    return Fail(
        Reason::kMalformedRequest,
        fmt::format("the plan refers to the relation {}, which it does not carry", plan_id));
  }
  return Read(*found->second);
}

Result<RelationPtr> RelationReader::ReadWithReferences(const proto::Relation& relation) {
  const auto& with = relation.with_relations();
  plan::With named;
  const auto outer = by_plan_id_;
  for (const proto::Relation& reference : with.references()) {
    if (reference.common().has_plan_id()) {
      by_plan_id_[reference.common().plan_id()] = &reference;
    }
    // spark.sql("... {df} ...", df=df): the DataFrame stands as a table of its alias.
    if (reference.has_subquery_alias()) {
      OWLET_TRY(RelationPtr query, Read(reference));
      named.tables.push_back({reference.subquery_alias().alias(), {}, std::move(query)});
    }
  }
  auto root = Read(with.root());
  by_plan_id_ = outer;
  if (!root) return root;
  if (named.tables.empty()) return root;
  named.body = std::move(*root);
  return plan::MakeRelation(std::move(named));
}

}  // namespace owlet::spark_connect
