#include "protocol/spark_connect/session_variables.h"

#include "base/ascii.h"

namespace owlet::spark_connect {

void SessionVariables::Put(const std::string& name, SessionVariable variable) {
  MutexLock lock(mutex_);
  variables_.insert_or_assign(ToLowerAscii(name), std::move(variable));
}

std::optional<SessionVariable> SessionVariables::Find(const std::string& name) const {
  MutexLock lock(mutex_);
  const auto found = variables_.find(ToLowerAscii(name));
  if (found == variables_.end()) return std::nullopt;
  return found->second;
}

bool SessionVariables::Drop(const std::string& name) {
  MutexLock lock(mutex_);
  return variables_.erase(ToLowerAscii(name)) > 0;
}

}  // namespace owlet::spark_connect
