#include "core/engine/engine_memory.h"

#include <duckdb/common/allocator.hpp>
#include <utility>

namespace owlet::engine {

namespace {

using duckdb::Allocator;
using duckdb::data_ptr_t;
using duckdb::idx_t;
using duckdb::PrivateAllocatorData;

/// Memory that is freed later must be given back where it was taken, so an allocator keeps its
/// budget, and the allocator that it replaced, for which blocks may still be out.
struct CountedMemory final : PrivateAllocatorData {
  std::shared_ptr<MemoryBudget> budget;
  duckdb::shared_ptr<Allocator> replaced;
};

MemoryBudget& BudgetOf(PrivateAllocatorData* data) {
  return *static_cast<CountedMemory*>(data)->budget;
}

// DuckDB raises OutOfMemoryException for a null pointer.
data_ptr_t Allocate(PrivateAllocatorData* data, idx_t size) {
  MemoryBudget& budget = BudgetOf(data);
  if (!budget.Take(MemoryShare::kEngine, size)) return nullptr;
  data_ptr_t pointer = Allocator::DefaultAllocate(nullptr, size);
  if (pointer == nullptr) budget.Give(MemoryShare::kEngine, size);
  return pointer;
}

void Free(PrivateAllocatorData* data, data_ptr_t pointer, idx_t size) {
  if (pointer == nullptr) return;
  Allocator::DefaultFree(nullptr, pointer, size);
  BudgetOf(data).Give(MemoryShare::kEngine, size);
}

data_ptr_t Reallocate(PrivateAllocatorData* data, data_ptr_t pointer, idx_t old_size, idx_t size) {
  MemoryBudget& budget = BudgetOf(data);
  if (!budget.Take(MemoryShare::kEngine, size)) return nullptr;
  data_ptr_t moved = Allocator::DefaultReallocate(nullptr, pointer, old_size, size);
  budget.Give(MemoryShare::kEngine, moved == nullptr ? size : old_size);
  return moved;
}

}  // namespace

duckdb::unique_ptr<Allocator> CountEngineMemory(std::shared_ptr<MemoryBudget> budget) {
  duckdb::shared_ptr<Allocator>& current = Allocator::DefaultAllocatorReference();
  auto memory = duckdb::make_uniq<CountedMemory>();
  memory->budget = budget;
  memory->replaced = current;
  current = duckdb::make_shared_ptr<Allocator>(Allocate, Free, Reallocate, std::move(memory));
  auto own = duckdb::make_uniq<CountedMemory>();
  own->budget = std::move(budget);
  return duckdb::make_uniq<Allocator>(Allocate, Free, Reallocate, std::move(own));
}

}  // namespace owlet::engine
