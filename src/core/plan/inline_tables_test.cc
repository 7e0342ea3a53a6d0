#include "core/plan/inline_tables.h"

#include <gtest/gtest.h>

namespace owlet::plan {
namespace {

RelationPtr Table(std::string name) { return MakeRelation(ReadTable{{std::move(name)}}); }

const ReplaceTable kReplaceV = [](const std::vector<std::string>& name) {
  return name.back() == "v" ? MakeRelation(Range{0, 3, 1}) : nullptr;
};

TEST(InlineTables, ReplacesATableAndKeepsItsQualifier) {
  const RelationPtr result = InlineTables(
      MakeRelation(Filter{Table("v"), MakeExpression(Literal::Boolean(true))}), kReplaceV);
  const auto& filter = std::get<Filter>(result->node);
  const auto& alias = std::get<SubqueryAlias>(filter.input->node);
  EXPECT_EQ(alias.name, std::vector<std::string>{"v"});
  EXPECT_TRUE(std::holds_alternative<Range>(alias.input->node));
}

TEST(InlineTables, SharesWhatDoesNotChange) {
  const RelationPtr other = MakeRelation(Filter{Table("w"), MakeExpression(Literal::Null())});
  EXPECT_EQ(InlineTables(other, kReplaceV), other);
  const RelationPtr join = MakeRelation(Join{Table("v"), other});
  const RelationPtr result = InlineTables(join, kReplaceV);
  EXPECT_EQ(std::get<Join>(result->node).right, other);
}

TEST(InlineTables, ReachesSubqueriesOfExpressions) {
  const RelationPtr query = MakeRelation(Filter{
      Table("w"), MakeExpression(Subquery{.kind = SubqueryKind::kExists, .query = Table("v")})});
  const RelationPtr result = InlineTables(query, kReplaceV);
  const auto& condition = std::get<Filter>(result->node).condition;
  EXPECT_TRUE(
      std::holds_alternative<SubqueryAlias>(std::get<Subquery>(condition->node).query->node));
}

TEST(InlineTables, ACommonTableHidesTheName) {
  const RelationPtr query = MakeRelation(With{{{"v", {}, Table("v")}}, false, Table("v")});
  const RelationPtr result = InlineTables(query, kReplaceV);
  const auto& with = std::get<With>(result->node);
  EXPECT_TRUE(std::holds_alternative<SubqueryAlias>(with.tables[0].query->node));
  EXPECT_TRUE(std::holds_alternative<ReadTable>(with.body->node));
}

}  // namespace
}  // namespace owlet::plan
