#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/engine/python_call.h"
#include "core/plan/resolved.h"
#include "core/plan/session.h"

namespace owlet::engine {

/// Prints resolved expressions as DuckDB's SQL. Internal to lowering; holds the statement's
/// origins, so one printer serves one statement.
class ExpressionPrinter {
 public:
  using PrintQuery = std::function<Result<std::string>(const plan::NodePtr&)>;

  ExpressionPrinter(const plan::SessionSettings& session, PrintQuery print_query)
      : session_(session), print_query_(std::move(print_query)) {}

  [[nodiscard]] Result<std::string> Print(const plan::BoundPtr& bound);
  [[nodiscard]] Result<std::string> PrintList(const std::vector<plan::BoundPtr>& bound);
  [[nodiscard]] Result<std::string> PrintSort(const std::vector<plan::BoundSort>& orders);

  [[nodiscard]] const plan::SessionSettings& session() const { return session_; }
  /// "c7".
  [[nodiscard]] static std::string ColumnName(plan::ColumnId id);

  [[nodiscard]] std::vector<std::shared_ptr<const plan::Origin>> TakeOrigins() {
    return std::move(origins_);
  }
  [[nodiscard]] std::vector<PythonCall> TakePythons() { return std::move(pythons_); }

 private:
  [[nodiscard]] Result<std::string> PrintCall(const plan::BoundCall& call,
                                              const plan::Bound& bound);
  [[nodiscard]] Result<std::string> PrintAggregate(const plan::BoundAggregate& call,
                                                   const plan::Bound& bound,
                                                   const std::string& over);
  [[nodiscard]] Result<std::string> PrintWindow(const plan::BoundWindow& window,
                                                const plan::Bound& bound);
  [[nodiscard]] Result<std::string> PrintPython(const plan::BoundPython& call,
                                                const plan::Bound& bound);
  [[nodiscard]] Result<std::string> PrintSubquery(const plan::BoundSubquery& subquery);
  [[nodiscard]] Result<std::string> PrintEdge(const plan::BoundFrameEdge& edge);
  [[nodiscard]] Result<std::string> Fill(std::string_view text,
                                         const std::vector<plan::BoundPtr>& arguments,
                                         const plan::Bound& bound, std::string item = "");
  /// `$name` that `rest` begins with, behind the dollar: appends its text, gives the name's length.
  [[nodiscard]] Result<std::size_t> FillWord(std::string_view rest,
                                             const std::vector<plan::BoundPtr>& arguments,
                                             const plan::Bound& bound, std::string& item,
                                             std::string& filled);
  /// A lambda's body with `given`, templates separated by commas, for its parameters.
  [[nodiscard]] Result<std::string> Apply(const plan::BoundLambda& lambda, std::string_view given,
                                          const std::vector<plan::BoundPtr>& arguments,
                                          const plan::Bound& bound, std::string& item);
  [[nodiscard]] int OriginNumber(const std::shared_ptr<const plan::Origin>& origin);
  [[nodiscard]] std::string TypeName(const plan::Type& type) const;

  const plan::SessionSettings& session_;
  PrintQuery print_query_;
  std::vector<std::shared_ptr<const plan::Origin>> origins_;
  std::map<const plan::Origin*, int> origin_numbers_;
  std::vector<PythonCall> pythons_;
  std::map<plan::ColumnId, std::string> lambda_values_;  // of the parameters of applied lambdas
  int last_item_ = 0;                                    // numbers the names of $item
};

/// A constant in DuckDB's SQL, of exactly the type that type_map.h names.
[[nodiscard]] std::string LiteralSql(const plan::Literal& literal);

}  // namespace owlet::engine
