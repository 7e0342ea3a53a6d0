#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "core/engine/engine.h"
#include "core/plan/literal.h"
#include "core/plan/types.h"

namespace owlet::engine {

/// Reads the cells of batches of one schema as values: for those who render rows as text. Not
/// thread-safe; refers to the batch that it was given last.
class ValueReader {
 public:
  [[nodiscard]] static Result<ValueReader> Make(const plan::Schema& schema);
  ~ValueReader();
  ValueReader(ValueReader&&) noexcept;
  ValueReader& operator=(ValueReader&&) noexcept;

  /// kInternal when the batch is not of the schema.
  [[nodiscard]] Status Read(const Batch& batch);
  [[nodiscard]] plan::Literal Cell(std::size_t column, std::int64_t row) const;

 private:
  struct State;
  explicit ValueReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace owlet::engine
