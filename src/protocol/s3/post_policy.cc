#include "protocol/s3/post_policy.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <set>

#include "base/ascii.h"
#include "base/encoding.h"

namespace owlet::s3 {
namespace {

using Json = nlohmann::json;

std::unexpected<Error> InvalidPolicy(std::string_view why) {
  return Fail(Reason::kMalformedRequest, fmt::format("Invalid Policy: {}", why),
              "InvalidPolicyDocument");
}

std::unexpected<Error> Denied(std::string_view why) {
  return Fail(Reason::kAccessDenied, fmt::format("Invalid according to Policy: {}", why),
              "AccessDenied");
}

/// "2026-01-31T12:00:00.000Z".
std::optional<Timestamp> ParseExpiration(std::string_view text) {
  const auto number = [&](std::size_t from, std::size_t count) -> std::optional<int> {
    int value = 0;
    const char* begin = text.data() + from;
    const auto [end, error] = std::from_chars(begin, begin + count, value);
    if (error != std::errc() || end != begin + count) return std::nullopt;
    return value;
  };
  constexpr std::string_view kShape = "0000-00-00T00:00:00";
  if (text.size() < kShape.size() + 1 || text.back() != 'Z') return std::nullopt;
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    if (kShape[i] != '0' && text[i] != kShape[i]) return std::nullopt;
  }
  const auto year = number(0, 4), month = number(5, 2), day = number(8, 2), hour = number(11, 2),
             minute = number(14, 2), second = number(17, 2);
  if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day)));
  if (!date.ok()) return std::nullopt;
  return Timestamp(std::chrono::sys_days(date)) + std::chrono::hours(*hour) +
         std::chrono::minutes(*minute) + std::chrono::seconds(*second);
}

std::optional<std::uint64_t> Size(const Json& value) {
  if (value.is_number_integer() && value.get<std::int64_t>() >= 0)
    return value.get<std::uint64_t>();
  if (!value.is_string()) return std::nullopt;
  const std::string& text = value.get_ref<const std::string&>();
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// Walks the conditions of one policy.
class PolicyWalk {
 public:
  PolicyWalk(const FormFields& fields, std::string_view bucket, std::string_view key)
      : fields_(fields), bucket_(bucket), key_(key) {}

  Status Check(const Json& condition) {
    if (condition.is_object()) {
      if (condition.size() != 1)
        return InvalidPolicy(
            "Invalid Simple-Condition: Simple-Conditions "
            "must have exactly one property specified.");
      const auto& [name, value] = *condition.items().begin();
      if (!value.is_string())
        return InvalidPolicy(
            "Invalid Simple-Condition: value must be a "
            "string.");
      return Compare(name, value.get<std::string>(), /*prefix=*/false, condition);
    }
    if (!condition.is_array() || condition.empty() || !condition[0].is_string()) {
      return InvalidPolicy("Invalid condition");
    }
    const std::string kind = ToLowerAscii(condition[0].get<std::string>());
    if (kind == "content-length-range") return CheckRange(condition);
    if (condition.size() != 3 || !condition[1].is_string() || !condition[2].is_string()) {
      return InvalidPolicy("Invalid condition: wrong number of arguments");
    }
    if (kind != "eq" && kind != "starts-with") return InvalidPolicy("Invalid condition operation");
    std::string name = condition[1].get<std::string>();
    if (!name.starts_with('$')) return InvalidPolicy("Invalid condition: field needs a $");
    name.erase(0, 1);
    return Compare(name, condition[2].get<std::string>(), kind == "starts-with", condition);
  }

  /// Every field must have a condition.
  Status CheckAllCovered() const {
    static constexpr std::array<std::string_view, 5> kFree = {"awsaccesskeyid", "signature",
                                                              "x-amz-signature", "policy", "file"};
    for (const auto& [name, value] : fields_.values) {
      if (std::ranges::find(kFree, name) != kFree.end() || name.starts_with("x-ignore-")) continue;
      if (covered_.contains(name)) continue;
      return Denied(fmt::format("Extra input fields: {}", name));
    }
    if (!covered_.contains("bucket")) return Denied("Extra input fields: bucket");
    return {};
  }

  [[nodiscard]] const PostSizeRange& range() const { return range_; }

 private:
  Status CheckRange(const Json& condition) {
    if (condition.size() != 3) return InvalidPolicy("Invalid content-length-range");
    const auto least = Size(condition[1]);
    const auto most = Size(condition[2]);
    if (!least || !most) return InvalidPolicy("Invalid content-length-range");
    range_ = {.least = *least, .most = *most};
    return {};
  }

  Status Compare(std::string_view raw_name, const std::string& wanted, bool prefix,
                 const Json& condition) {
    const std::string name = ToLowerAscii(raw_name);
    covered_.insert(name);
    std::string_view value = fields_.Get(name);
    if (name == "bucket") value = bucket_;
    if (name == "key") value = key_;
    const bool there = name == "bucket" || fields_.Has(name);
    if (there && (prefix ? value.starts_with(wanted) : value == wanted)) return {};
    if (prefix && wanted.empty()) return {};  // any value, none too
    return Denied(fmt::format("Policy Condition failed: {}", condition.dump()));
  }

  const FormFields& fields_;
  std::string_view bucket_;
  std::string_view key_;
  std::set<std::string> covered_;
  PostSizeRange range_;
};

}  // namespace

Result<PostSizeRange> CheckPostPolicy(std::string_view base64, const FormFields& fields,
                                      std::string_view bucket, std::string_view key,
                                      Timestamp now) {
  const auto text = DecodeBase64(base64);
  if (!text) return InvalidPolicy("Invalid Base64");
  const Json policy = Json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!policy.is_object()) return InvalidPolicy("Invalid JSON.");
  const auto expiration = policy.find("expiration");
  if (expiration == policy.end() || !expiration->is_string()) {
    return InvalidPolicy("Policy missing expiration.");
  }
  const auto expires = ParseExpiration(expiration->get_ref<const std::string&>());
  if (!expires) return InvalidPolicy("Invalid 'expiration' value");
  const auto conditions = policy.find("conditions");
  if (conditions == policy.end() || !conditions->is_array()) {
    return InvalidPolicy("Policy missing conditions.");
  }
  if (*expires <= now) return Denied("Policy expired.");
  PolicyWalk walk(fields, bucket, key);
  for (const Json& condition : *conditions) OWLET_CHECK_OK(walk.Check(condition));
  OWLET_CHECK_OK(walk.CheckAllCovered());
  return walk.range();
}

}  // namespace owlet::s3
