#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/mutex.h"
#include "core/plan/expression.h"
#include "core/plan/literal.h"

namespace owlet::spark_connect {

/// What DECLARE VARIABLE makes: a value of one type that statements may read and SET VARIABLE
/// changes.
struct SessionVariable {
  plan::Type type;
  plan::ExpressionPtr default_value;  // null: NULL
  plan::Literal value;
};

/// The variables of one session, by name without case. Thread-safe.
class SessionVariables {
 public:
  void Put(const std::string& name, SessionVariable variable);
  [[nodiscard]] std::optional<SessionVariable> Find(const std::string& name) const;
  bool Drop(const std::string& name);

 private:
  mutable Mutex mutex_;
  std::map<std::string, SessionVariable> variables_ GUARDED_BY(mutex_);
};

}  // namespace owlet::spark_connect
