#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace owlet::s3 {

/// The fields of a posted form before its file. Names in lower case: S3 compares them so.
struct FormFields {
  std::map<std::string, std::string> values;
  std::string file_name;          // of the part "file"
  std::string file_content_type;  // or ""

  [[nodiscard]] std::string_view Get(const std::string& name) const {
    const auto found = values.find(name);
    return found == values.end() ? std::string_view() : std::string_view(found->second);
  }
  [[nodiscard]] bool Has(const std::string& name) const { return values.contains(name); }
};

/// Reads multipart/form-data (RFC 7578) in pieces: fields into memory, up to 64 KiB together, the
/// part "file" on to `sink`. Parts behind the file are ignored, as S3 does. Not thread-safe.
class FormDataReader {
 public:
  using FileBegins = std::function<Status(const FormFields&)>;
  using Sink = std::function<Status(std::span<const std::byte>)>;

  FormDataReader(std::string_view boundary, FileBegins begins, Sink sink);
  /// kMalformedRequest "MalformedPOSTRequest", kRequestTooLarge, and what the functions return.
  [[nodiscard]] Status Append(std::span<const std::byte> bytes);
  /// kMalformedRequest when the form did not end; kInvalidArgument without a file.
  [[nodiscard]] Status Finish();

 private:
  enum class State { kDelimiter, kAfterDelimiter, kHeaders, kField, kFile, kDone };

  [[nodiscard]] Result<bool> Step();
  [[nodiscard]] Status ReadHeaders(std::string_view headers);
  [[nodiscard]] Status GiveOut(std::string_view bytes);

  std::string delimiter_;  // "\r\n--boundary"
  FileBegins begins_;
  Sink sink_;
  State state_ = State::kDelimiter;
  std::string buffer_ = "\r\n";  // the first delimiter stands at the very beginning
  FormFields fields_;
  std::string name_;
  std::size_t field_bytes_ = 0;
  bool had_file_ = false;
};

/// The boundary of "multipart/form-data; boundary=...".
[[nodiscard]] std::optional<std::string> BoundaryOf(std::string_view content_type);

}  // namespace owlet::s3
