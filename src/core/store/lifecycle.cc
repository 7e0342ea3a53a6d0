#include "core/store/lifecycle.h"

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <mutex>
#include <pugixml.hpp>

#include "base/log.h"
#include "core/store/object_store.h"

namespace owlet::store {
namespace {

std::optional<int> Number(const pugi::xml_node& parent, const char* name) {
  const pugi::xml_node node = parent.child(name);
  if (!node) return std::nullopt;
  return node.text().as_int();
}

std::optional<std::uint64_t> Size(const pugi::xml_node& parent, const char* name) {
  const pugi::xml_node node = parent.child(name);
  if (!node) return std::nullopt;
  return node.text().as_ullong();
}

/// "2026-01-31T00:00:00Z": the day alone counts.
std::optional<Timestamp> Date(const pugi::xml_node& parent) {
  const std::string text = parent.child("Date").text().as_string();
  if (text.size() < 10) return std::nullopt;
  const auto part = [&](std::size_t from, std::size_t count) {
    int value = 0;
    std::from_chars(text.data() + from, text.data() + from + count, value);
    return value;
  };
  const std::chrono::year_month_day day(std::chrono::year(part(0, 4)),
                                        std::chrono::month(static_cast<unsigned>(part(5, 2))),
                                        std::chrono::day(static_cast<unsigned>(part(8, 2))));
  if (!day.ok()) return std::nullopt;
  return Timestamp(std::chrono::sys_days(day));
}

void ReadFilter(const pugi::xml_node& node, LifecycleRule& rule) {
  const pugi::xml_node filter = node.child("Filter");
  const pugi::xml_node whole = filter.child("And") ? filter.child("And") : filter;
  rule.prefix = node.child("Prefix") ? node.child("Prefix").text().as_string()
                                     : whole.child("Prefix").text().as_string();
  for (const pugi::xml_node& tag : whole.children("Tag")) {
    rule.tags.emplace(tag.child("Key").text().as_string(), tag.child("Value").text().as_string());
  }
  rule.larger_than = Size(whole, "ObjectSizeGreaterThan");
  rule.smaller_than = Size(whole, "ObjectSizeLessThan");
}

LifecycleRule ReadRule(const pugi::xml_node& node) {
  LifecycleRule rule;
  rule.id = node.child("ID").text().as_string();
  ReadFilter(node, rule);
  if (const pugi::xml_node expiration = node.child("Expiration")) {
    rule.expire_days = Number(expiration, "Days");
    rule.expire_date = Date(expiration);
    rule.remove_lone_markers = expiration.child("ExpiredObjectDeleteMarker").text().as_bool();
  }
  // Of several transitions the last one that is due counts; kept simple: the first.
  if (const pugi::xml_node transition = node.child("Transition")) {
    rule.transition_days = Number(transition, "Days");
    rule.transition_date = Date(transition);
    rule.transition_class = transition.child("StorageClass").text().as_string();
  }
  if (const pugi::xml_node expiration = node.child("NoncurrentVersionExpiration")) {
    rule.noncurrent_days = Number(expiration, "NoncurrentDays");
    rule.keep_noncurrent = Number(expiration, "NewerNoncurrentVersions").value_or(0);
  }
  rule.abort_upload_days =
      Number(node.child("AbortIncompleteMultipartUpload"), "DaysAfterInitiation");
  return rule;
}

}  // namespace

bool LifecycleRule::Covers(const ObjectInfo& info) const {
  if (!info.key.starts_with(prefix)) return false;
  if (larger_than && info.size <= *larger_than) return false;
  if (smaller_than && info.size >= *smaller_than) return false;
  return std::ranges::all_of(tags, [&](const auto& tag) {
    const auto found = info.attributes.tags.find(tag.first);
    return found != info.attributes.tags.end() && found->second == tag.second;
  });
}

Result<std::vector<LifecycleRule>> ReadLifecycle(std::string_view xml) {
  pugi::xml_document document;
  if (!document.load_buffer(xml.data(), xml.size())) {
    return Fail(Reason::kMalformedRequest, "a lifecycle configuration cannot be read");
  }
  std::vector<LifecycleRule> rules;
  for (const pugi::xml_node& node : document.document_element().children("Rule")) {
    if (node.child("Status").text().as_string() != std::string_view("Enabled")) continue;
    rules.push_back(ReadRule(node));
  }
  return rules;
}

std::optional<Expiry> ExpiryOf(const std::vector<LifecycleRule>& rules, const ObjectInfo& info,
                               std::chrono::seconds day) {
  std::optional<Expiry> first;
  const auto take = [&](Timestamp when, const LifecycleRule& rule) {
    if (!first || when < first->when) first = Expiry{.when = when, .rule_id = rule.id};
  };
  for (const LifecycleRule& rule : rules) {
    if (!rule.Covers(info)) continue;
    if (rule.expire_days) {
      // The midnight (of such days) that follows.
      const auto age = (info.modified + *rule.expire_days * day).time_since_epoch();
      take(Timestamp((age / day + 1) * day), rule);
    }
    if (rule.expire_date) take(*rule.expire_date, rule);
  }
  return first;
}

LifecycleSweeper::LifecycleSweeper(ObjectStore& store, std::chrono::seconds day)
    : thread_([&store, day](const std::stop_token& stop) {
        // Often enough that a day's end is seen soon, seldom enough to cost nothing.
        const std::chrono::milliseconds pause =
            std::clamp(std::chrono::duration_cast<std::chrono::milliseconds>(day) / 2,
                       std::chrono::milliseconds(500), std::chrono::milliseconds(600'000));
        std::mutex mutex;
        std::condition_variable_any wake;
        std::unique_lock lock(mutex);
        while (!stop.stop_requested()) {
          if (const auto swept = store.ApplyLifecycle(day, stop); !swept) {
            log::warn("lifecycle: {}", swept.error().message);
          }
          wake.wait_for(lock, stop, pause, [] { return false; });
        }
      }) {}

void LifecycleSweeper::Stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

}  // namespace owlet::store
