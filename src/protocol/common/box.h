#pragma once

#include <memory>
#include <utility>

namespace owlet::protocol {

/// An optional value on the heap that copies as a value: what a struct holds of a type that
/// contains the struct itself. Used like std::optional. Owns its value; not thread-safe, as any
/// value.
template <class T>
class Box {
 public:
  using value_type = T;

  Box() = default;
  Box(T value) : value_(std::make_unique<T>(std::move(value))) {}  // NOLINT: as std::optional
  Box(const Box& other) : value_(other.value_ ? std::make_unique<T>(*other.value_) : nullptr) {}
  Box(Box&&) noexcept = default;
  Box& operator=(Box other) noexcept {
    value_ = std::move(other.value_);
    return *this;
  }
  ~Box() = default;

  T& emplace() { return *(value_ = std::make_unique<T>()); }
  [[nodiscard]] bool has_value() const { return value_ != nullptr; }
  explicit operator bool() const { return has_value(); }
  T& operator*() { return *value_; }
  const T& operator*() const { return *value_; }
  T* operator->() { return value_.get(); }
  const T* operator->() const { return value_.get(); }

 private:
  std::unique_ptr<T> value_;
};

}  // namespace owlet::protocol
