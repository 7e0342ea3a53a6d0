#include "core/plan/resolver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/plan/type_names.h"

// Rules of names and types on trees built by hand. What is expected is what Spark 4.3 and Trino 476
// answer to the same statement.

namespace owlet::plan {
namespace {

using ::testing::ElementsAre;

class OneTable final : public RelationSource {
 public:
  Result<NamedRelation> FindTable(const std::vector<std::string>& name) override {
    if (name.back() != "people") return Fail(Reason::kTableNotFound, "no such table");
    auto source = std::make_shared<TableSource>();
    source->format = "parquet";
    source->file_schema = {
        {.name = "name", .type = Type::Varchar()},
        {.name = "Age", .type = Type(TypeId::kInteger)},
        {.name = "home", .type = Type::Row({{.name = "city", .type = Type::Varchar()}})},
        {.name = "pets",
         .type = Type::Array(Type::Row({{.name = "kind", .type = Type::Varchar()}}))}};
    return NamedRelation(std::shared_ptr<const TableSource>(std::move(source)));
  }
  Result<std::shared_ptr<const TableSource>> DescribeFiles(const ReadFiles& /*read*/,
                                                           const SessionSettings&) override {
    return Fail(Reason::kObjectNotFound, "no files");
  }
  Result<Schema> DescribeArrow(const std::string& /*arrow_ipc*/) override { return Schema{}; }
  Result<std::vector<std::vector<Literal>>> Evaluate(const NodePtr& /*query*/) override {
    return std::vector<std::vector<Literal>>{{Literal::String("x")}, {Literal::String("y")}};
  }
};

ExpressionPtr Name(std::vector<std::string> parts) {
  return MakeExpression(ColumnReference{.parts = std::move(parts)});
}
ExpressionPtr Of(std::int64_t plan, std::string name) {
  return MakeExpression(ColumnReference{.parts = {std::move(name)}, .plan_id = plan});
}
ExpressionPtr Int(std::int32_t value) { return MakeExpression(Literal::Integer(value)); }
ExpressionPtr Call(std::string name, std::vector<ExpressionPtr> arguments,
                   bool is_operator = false) {
  return MakeExpression(FunctionCall{
      .name = std::move(name), .arguments = std::move(arguments), .is_operator = is_operator});
}
ExpressionPtr Operator(std::string name, ExpressionPtr left, ExpressionPtr right) {
  return Call(std::move(name), {std::move(left), std::move(right)}, true);
}
ExpressionPtr Named(ExpressionPtr input, std::string name) {
  return MakeExpression(Alias{std::move(input), {std::move(name)}, ""});
}
RelationPtr People(std::optional<std::int64_t> plan = std::nullopt) {
  return MakeRelation(ReadTable{.name = {"people"}}, plan);
}
RelationPtr Picked(RelationPtr input, std::vector<ExpressionPtr> items) {
  return MakeRelation(Project{std::move(input), std::move(items)});
}
GroupingElement By(std::vector<ExpressionPtr> keys) {
  return {GroupKind::kGroupBy, {std::move(keys)}};
}

class ResolverTest : public ::testing::Test {
 protected:
  Result<NodePtr> Spark(const RelationPtr& relation) { return Resolve(relation, spark_, source_); }
  Result<NodePtr> Trino(const RelationPtr& relation) {
    SessionSettings session;
    session.dialect = Dialect::kTrino;
    return Resolve(relation, session, source_);
  }
  // "name:type" of each column, or the error's condition and message parameters.
  static std::vector<std::string> Show(const Result<NodePtr>& node) {
    std::vector<std::string> shown;
    if (!node) {
      shown.push_back(node.error().condition);
      for (const auto& [key, value] : node.error().parameters) shown.push_back(key + "=" + value);
      return shown;
    }
    for (const Column& column : (*node)->columns) {
      shown.push_back(column.name + ":" + SparkTypeName(column.type) +
                      (column.nullable ? "" : "!"));
    }
    return shown;
  }

  SessionSettings spark_;
  OneTable source_;
};

TEST_F(ResolverTest, NamesFollowTheDialect) {
  EXPECT_THAT(Show(Spark(Picked(People(), {Name({"AGE"}), Name({"people", "name"})}))),
              ElementsAre("AGE:int", "name:string"));
  EXPECT_THAT(Show(Spark(Picked(People(), {Name({"home", "city"}), Name({"pets", "kind"})}))),
              ElementsAre("city:string", "kind:array<string>"));
  EXPECT_THAT(Show(Trino(Picked(People(), {Operator("+", Name({"age"}), Int(1))}))),
              ElementsAre("_col0:int"));
}

TEST_F(ResolverTest, CaseSensitiveSessionTellsNamesApart) {
  spark_.case_sensitive = true;
  EXPECT_EQ(Show(Spark(Picked(People(), {Name({"AGE"})})))[0], "UNRESOLVED_COLUMN.WITH_SUGGESTION");
}

TEST_F(ResolverTest, SparkNamesExpressionsAsItPrintsThem) {
  EXPECT_THAT(
      Show(Spark(Picked(People(),
                        {Operator("<>", Name({"age"}), Int(1)),
                         Call("case", {Operator(">", Name({"age"}), Int(1)), Int(1), Int(2)}, true),
                         MakeExpression(Cast{Name({"age"}), Type(TypeId::kBigint)})}))),
      ElementsAre("(NOT (age = 1)):boolean", "CASE WHEN (age > 1) THEN 1 ELSE 2 END:int!",
                  "age:bigint"));
}

TEST_F(ResolverTest, UnknownColumnProposesWhatIsNear) {
  EXPECT_THAT(Show(Spark(Picked(People(), {Name({"nam"})}))),
              ElementsAre("UNRESOLVED_COLUMN.WITH_SUGGESTION", "objectName=`nam`",
                          "proposal=`name`, `Age`, `home`, `pets`"));
  auto origin = std::make_shared<const Origin>(Origin{.span = SourceSpan{1, 8, 7, 8}});
  auto missing = Trino(Picked(People(), {MakeExpression(ColumnReference{.parts = {"x"}}, origin)}));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().condition, "COLUMN_NOT_FOUND");
  EXPECT_EQ(missing.error().message, "line 1:8: Column 'x' cannot be resolved");
}

TEST_F(ResolverTest, TrinoComparesOnlyWhatFits) {
  auto origin = std::make_shared<const Origin>(Origin{.span = SourceSpan{1, 10, 9, 10}});
  auto wrong = Trino(Picked(
      MakeRelation(OneRow{}),
      {MakeExpression(FunctionCall{.name = "=",
                                   .arguments = {Int(1), MakeExpression(Literal{Type::Varchar(1),
                                                                                std::string("1")})},
                                   .is_operator = true},
                      origin)}));
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().condition, "TYPE_MISMATCH");
  EXPECT_EQ(wrong.error().message, "line 1:10: Cannot apply operator: integer = varchar(1)");
}

TEST_F(ResolverTest, JoinedColumnOfOneNameIsAmbiguous) {
  RelationPtr join =
      MakeRelation(Join{.left = MakeRelation(SubqueryAlias{People(), {"a"}, {}}),
                        .right = MakeRelation(SubqueryAlias{People(), {"b"}, {}}),
                        .kind = JoinKind::kInner,
                        .condition = Operator("=", Name({"a", "name"}), Name({"b", "name"}))});
  EXPECT_THAT(
      Show(Spark(Picked(join, {Name({"name"})}))),
      ElementsAre("AMBIGUOUS_REFERENCE", "name=`name`", "referenceNames=[`a`.`name`, `b`.`name`]"));
  EXPECT_EQ(Show(Trino(Picked(join, {Name({"name"})})))[0], "AMBIGUOUS_NAME");
  EXPECT_THAT(Show(Spark(Picked(join, {Name({"a", "name"}), Name({"b", "name"})}))),
              ElementsAre("name:string", "name:string"));
}

TEST_F(ResolverTest, SelfJoinByPlanIdIsAmbiguous) {
  RelationPtr people = People(1);
  EXPECT_THAT(
      Show(Spark(MakeRelation(Join{.left = people,
                                   .right = people,
                                   .kind = JoinKind::kInner,
                                   .condition = Operator("=", Of(1, "name"), Of(1, "name"))}))),
      ElementsAre("AMBIGUOUS_COLUMN_REFERENCE", "name=\"name\""));
  EXPECT_THAT(
      Show(Spark(MakeRelation(Join{.left = People(1),
                                   .right = People(2),
                                   .kind = JoinKind::kLeftSemi,
                                   .condition = Operator("=", Of(1, "name"), Of(2, "name"))})))
          .size(),
      4);
  EXPECT_THAT(Show(Spark(Picked(People(1), {Of(7, "name")}))),
              ElementsAre("CANNOT_RESOLVE_DATAFRAME_COLUMN", "name=\"name\""));
}

TEST_F(ResolverTest, UsingShowsTheKeyOnceAndKeepsBothSides) {
  RelationPtr join = MakeRelation(Join{
      .left = People(1), .right = People(2), .kind = JoinKind::kFull, .using_columns = {"name"}});
  EXPECT_EQ(Show(Spark(join)).size(), 7);
  EXPECT_THAT(Show(Spark(Picked(join, {Of(1, "name"), Of(2, "name"), Name({"name"})}))),
              ElementsAre("name:string", "name:string", "name:string"));
}

TEST_F(ResolverTest, SortAndFilterReachWhatSelectDropped) {
  RelationPtr names = Picked(People(), {Name({"name"})});
  EXPECT_THAT(Show(Spark(MakeRelation(Sort{names, {{.expression = Name({"age"})}}}))),
              ElementsAre("name:string"));
  EXPECT_THAT(Show(Spark(MakeRelation(Filter{names, Operator(">", Name({"age"}), Int(3))}))),
              ElementsAre("name:string"));
}

TEST_F(ResolverTest, AggregatesNeedTheirKeys) {
  Select select{.from = People(), .items = {Name({"Age"}), Call("count", {})}};
  EXPECT_THAT(Show(Spark(MakeRelation(select))), ElementsAre("MISSING_GROUP_BY"));
  select.group_by = std::vector<GroupingElement>{By({Name({"name"})})};
  EXPECT_THAT(Show(Spark(MakeRelation(select))),
              ElementsAre("MISSING_AGGREGATION", "expression=\"Age\"",
                          "expressionAnyValue=\"any_value(Age)\""));
  EXPECT_EQ(Show(Trino(MakeRelation(select)))[0], "EXPRESSION_NOT_AGGREGATE");
  select.group_by = std::vector<GroupingElement>{By({Name({"Age"})})};
  EXPECT_THAT(Show(Spark(MakeRelation(select))), ElementsAre("Age:int", "count(1):bigint!"));
}

TEST_F(ResolverTest, GroupByAliasIsSparks) {
  Select select{.from = People(),
                .items = {Named(Operator("+", Name({"age"}), Int(1)), "older")},
                .group_by = std::vector<GroupingElement>{By({Name({"older"})})}};
  EXPECT_THAT(Show(Spark(MakeRelation(select))), ElementsAre("older:int"));
  EXPECT_EQ(Show(Trino(MakeRelation(select)))[0], "COLUMN_NOT_FOUND");
}

TEST_F(ResolverTest, DataFrameAggregateIsSortedByAnotherAggregate) {
  RelationPtr grouped = MakeRelation(
      Aggregate{People(), {By({Name({"name"})})}, {Named(Call("max", {Name({"age"})}), "m")}});
  EXPECT_THAT(
      Show(Spark(MakeRelation(Sort{grouped, {{.expression = Call("min", {Name({"age"})})}}}))),
      ElementsAre("name:string", "m:int"));
  EXPECT_THAT(Show(Spark(MakeRelation(
                  Filter{grouped, Operator(">", Call("sum", {Name({"age"})}), Int(2))}))),
              ElementsAre("name:string", "m:int"));
}

TEST_F(ResolverTest, PivotAsksForItsValues) {
  RelationPtr pivot = MakeRelation(Aggregate{.input = People(),
                                             .grouping = {By({Name({"age"})})},
                                             .aggregates = {Call("count", {})},
                                             .pivot = PivotSpec{{Name({"name"})}, {}}});
  EXPECT_THAT(Show(Spark(pivot)), ElementsAre("age:int", "x:bigint!", "y:bigint!"));
}

TEST_F(ResolverTest, SetsTakeTheCommonType) {
  auto one = [](ExpressionPtr value) {
    return MakeRelation(Project{MakeRelation(OneRow{}), {std::move(value)}});
  };
  RelationPtr both = MakeRelation(
      SetOperation{.left = one(Int(1)),
                   .right = one(MakeExpression(Literal{Type::Decimal(2, 1), Int128{15}})),
                   .kind = SetKind::kUnion,
                   .all = true});
  EXPECT_THAT(Show(Spark(both)), ElementsAre("1:decimal(11,1)!"));
  EXPECT_THAT(Show(Spark(MakeRelation(SetOperation{
                  .left = People(), .right = one(Int(1)), .kind = SetKind::kUnion})))[0],
              "NUM_COLUMNS_MISMATCH");
}

TEST_F(ResolverTest, UnionByNameFillsWhatIsMissing) {
  RelationPtr left = Picked(People(), {Name({"name"})});
  RelationPtr right = Picked(People(), {Name({"age"})});
  SetOperation set{
      .left = left, .right = right, .kind = SetKind::kUnion, .all = true, .by_name = true};
  EXPECT_THAT(Show(Spark(MakeRelation(set))),
              ElementsAre("UNRESOLVED_COLUMN_AMONG_FIELD_NAMES", "colName=name", "fieldNames=age"));
  set.allow_missing_columns = true;
  EXPECT_THAT(Show(Spark(MakeRelation(set))), ElementsAre("name:string", "age:int"));
}

TEST_F(ResolverTest, DuplicateNamesStay) {
  RelationPtr twice = Picked(People(), {Name({"name"}), Name({"name"})});
  EXPECT_THAT(Show(Spark(twice)), ElementsAre("name:string", "name:string"));
  EXPECT_THAT(Show(Spark(Picked(twice, {Name({"name"})}))), ElementsAre("name:string"));
}

TEST_F(ResolverTest, DepthIsBounded) {
  RelationPtr deep = People();
  for (int i = 0; i < 3000; ++i)
    deep = MakeRelation(Filter{deep, MakeExpression(Literal::Boolean(true))});
  auto resolved = Spark(deep);
  ASSERT_FALSE(resolved);
  EXPECT_EQ(resolved.error().reason, Reason::kRequestTooLarge);
}

}  // namespace
}  // namespace owlet::plan
