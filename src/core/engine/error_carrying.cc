#include "core/engine/error_carrying.h"

#include <duckdb/common/error_data.hpp>
#include <duckdb/common/exception.hpp>
#include <nlohmann/json.hpp>
#include <string>

namespace owlet::engine {

namespace {

// In front of the JSON, so that a message of DuckDB's own is never read as ours.
constexpr std::string_view kMark = "owlet-error:";

}  // namespace

void RaiseDialectError(Error error, int origin) {
  nlohmann::json document = {{"reason", static_cast<int>(error.reason)},
                             {"message", error.message},
                             {"condition", error.condition},
                             {"origin", origin}};
  for (const auto& [name, value] : error.parameters) {
    document["parameters"].push_back({name, value});
  }
  throw duckdb::InvalidInputException(
      std::string(kMark) + document.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace));
}

CarriedError DecodeEngineError(const duckdb::ErrorData& error) {
  const std::string& raw = error.RawMessage();
  if (const auto mark = raw.find(kMark); mark != std::string::npos) {
    // DuckDB may write context behind the message: read one JSON value and leave the rest.
    const auto document =
        nlohmann::json::parse(raw.substr(mark + kMark.size(), std::string::npos), nullptr, false);
    const auto end = raw.rfind('}');
    const auto cut =
        document.is_discarded() && end != std::string::npos
            ? nlohmann::json::parse(raw.substr(mark + kMark.size(), end + 1 - mark - kMark.size()),
                                    nullptr, false)
            : document;
    if (cut.is_object()) {
      CarriedError carried;
      carried.error.reason = static_cast<Reason>(cut.value("reason", 0));
      carried.error.message = cut.value("message", "");
      carried.error.condition = cut.value("condition", "");
      carried.origin = cut.value("origin", -1);
      if (const auto list = cut.find("parameters"); list != cut.end()) {
        for (const auto& pair : *list) {
          carried.error.parameters.emplace_back(pair.at(0), pair.at(1));
        }
      }
      return carried;
    }
  }
  CarriedError own;
  own.error.message = raw;
  switch (error.Type()) {
    case duckdb::ExceptionType::INTERRUPT:
      own.error.reason = Reason::kCancelled;
      break;
    case duckdb::ExceptionType::OUT_OF_MEMORY:
      own.error.reason = Reason::kOutOfMemory;
      break;
    case duckdb::ExceptionType::IO:
      // Blocks that it spills, since what the store raises is carried whole.
      own.error.reason = raw.find("No space left on device") == std::string::npos
                             ? Reason::kInternal
                             : Reason::kStorageFull;
      break;
    case duckdb::ExceptionType::OUT_OF_RANGE:
    case duckdb::ExceptionType::CONVERSION:
    case duckdb::ExceptionType::INVALID_INPUT:
    case duckdb::ExceptionType::DIVIDE_BY_ZERO:
      own.error.reason = Reason::kExecutionError;
      break;
    case duckdb::ExceptionType::NOT_IMPLEMENTED:
      own.error.reason = Reason::kNotImplemented;
      break;
    default:
      own.error.reason = Reason::kInternal;
      break;
  }
  return own;
}

}  // namespace owlet::engine
