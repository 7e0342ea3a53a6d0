#include "base/log.h"

#include <spdlog/sinks/stdout_color_sinks.h>

#include <cstdlib>

namespace owlet::log {

namespace {

void StartAt(const char* default_level) {
  auto logger = spdlog::stderr_color_mt("owlet");
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %^%-5l%$ %v", spdlog::pattern_time_type::utc);
  const char* level = std::getenv("OWLET_LOG");
  logger->set_level(spdlog::level::from_str(level == nullptr ? default_level : level));
  spdlog::set_default_logger(std::move(logger));
}

}  // namespace

void Start() { StartAt("info"); }

void StartQuiet() { StartAt("warning"); }

}  // namespace owlet::log
