#include "core/store/object_lock.h"

#include <chrono>
#include <nlohmann/json.hpp>

#include "core/store/store_impl.h"

namespace owlet::store {
namespace {

constexpr int kDaysOfYear = 365;

}  // namespace

std::string WriteDefaultRetention(const DefaultRetention& retention) {
  if (retention.mode.empty()) return "{}";
  return nlohmann::json{
      {"mode", retention.mode}, {"days", retention.days}, {"years", retention.years}}
      .dump();
}

DefaultRetention ReadDefaultRetention(std::string_view document) {
  const auto parsed = nlohmann::json::parse(document, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object()) return {};
  return {.mode = parsed.value("mode", std::string()),
          .days = parsed.value("days", 0),
          .years = parsed.value("years", 0)};
}

std::optional<Retention> RetentionFrom(const DefaultRetention& retention, Timestamp now) {
  if (retention.mode.empty()) return std::nullopt;
  const int days = retention.days + retention.years * kDaysOfYear;
  return Retention{.mode = retention.mode, .until = now + std::chrono::days(days)};
}

Status CheckRetentionChange(const std::optional<Retention>& before,
                            const std::optional<Retention>& after, bool bypass_governance,
                            Timestamp now) {
  if (!before || before->until <= now) return {};
  const bool stays = after && after->mode == before->mode && after->until >= before->until;
  const bool strengthens =
      after && before->mode == "GOVERNANCE" && after->until >= before->until && bypass_governance;
  if (stays || strengthens) return {};
  if (before->mode == "GOVERNANCE" && bypass_governance) return {};
  return Fail(Reason::kAccessDenied, "Access Denied because object protected by object lock.",
              "AccessDenied");
}

Status ObjectStore::Impl::AdoptNew(const records::Bucket& bucket, std::string owner, Timestamp now,
                                   records::Object& object) const {
  OWLET_CHECK_OK(Adopt(bucket, std::move(owner), object));
  const auto setting =
      bucket.settings().find(static_cast<std::uint32_t>(BucketSetting::kObjectLock));
  if (setting == bucket.settings().end()) return {};
  records::Attributes& attributes = *object.mutable_attributes();
  if (!attributes.lock_mode().empty()) return {};
  const auto retention = RetentionFrom(ReadDefaultRetention(setting->second), now);
  if (!retention) return {};
  attributes.set_lock_mode(retention->mode);
  attributes.set_retain_until_us(ToMicros(retention->until));
  return {};
}

}  // namespace owlet::store
