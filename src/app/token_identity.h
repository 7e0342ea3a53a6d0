#pragma once

#include <map>
#include <string>

#include "base/mutex.h"
#include "core/jobs/clusters.h"
#include "protocol/spark_connect/server.h"

namespace owlet::app {

/// Who a Spark Connect client is. A token stands for the identity it was issued for (an EMR step's:
/// the cluster's role); a client without one, which can only be on this machine unless the address
/// says otherwise, is root. Thread-safe.
class TokenIdentity final : public spark_connect::TokenIdentity, public jobs::SessionTokens {
 public:
  explicit TokenIdentity(std::string account_id) : account_id_(std::move(account_id)) {}

  [[nodiscard]] std::string Issue(access::Principal principal) override;
  void Withdraw(const std::string& token) override;

  [[nodiscard]] Result<access::Principal> Identify(
      std::optional<std::string_view> token) const override;

 private:
  const std::string account_id_;
  mutable Mutex mutex_;
  std::map<std::string, access::Principal, std::less<>> tokens_ GUARDED_BY(mutex_);
};

}  // namespace owlet::app
