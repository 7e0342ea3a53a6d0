#pragma once

#include <map>
#include <string>

#include "base/mutex.h"
#include "core/access/credentials.h"
#include "core/jobs/clusters.h"
#include "protocol/spark_connect/server.h"

namespace owlet::app {

/// Who a Spark Connect client is. A token stands for the identity it was issued for (an EMR step's:
/// the cluster's role), or is a key pair, "<access key id>:<secret access key>". A client without
/// one is root where only this machine can reach the server, and refused elsewhere. Thread-safe.
class TokenIdentity final : public spark_connect::TokenIdentity, public jobs::SessionTokens {
 public:
  /// `credentials` must outlive it.
  TokenIdentity(std::string account_id, const access::CredentialSource& credentials,
                bool on_loopback)
      : account_id_(std::move(account_id)), credentials_(credentials), on_loopback_(on_loopback) {}

  [[nodiscard]] std::string Issue(access::Principal principal) override;
  void Withdraw(const std::string& token) override;

  [[nodiscard]] Result<access::Principal> Identify(
      std::optional<std::string_view> token) const override;

 private:
  const std::string account_id_;
  const access::CredentialSource& credentials_;
  const bool on_loopback_;
  mutable Mutex mutex_;
  std::map<std::string, access::Principal, std::less<>> tokens_ GUARDED_BY(mutex_);
};

}  // namespace owlet::app
