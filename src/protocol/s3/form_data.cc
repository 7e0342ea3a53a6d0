#include "protocol/s3/form_data.h"

#include "base/ascii.h"

namespace owlet::s3 {
namespace {

constexpr std::size_t kMaxFields = 64 << 10;

std::unexpected<Error> Malformed() {
  return Fail(Reason::kMalformedRequest,
              "The body of your POST request is not well-formed multipart/form-data.",
              "MalformedPOSTRequest");
}

std::unexpected<Error> TooLarge() {
  return Fail(Reason::kRequestTooLarge,
              "Your POST request fields preceding the upload file were too large.",
              "MaxPostPreDataLengthExceeded");
}

/// `name` of `form-data; name="x"; filename="y"`.
std::optional<std::string> Parameter(std::string_view header, std::string_view name) {
  std::string_view rest = header;
  while (true) {
    const std::size_t semicolon = rest.find(';');
    if (semicolon == std::string_view::npos) return std::nullopt;
    rest = TrimBlanks(rest.substr(semicolon + 1));
    const std::size_t equals = rest.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const bool wanted = EqualsIgnoringCase(TrimBlanks(rest.substr(0, equals)), name);
    std::string_view value = rest.substr(equals + 1);
    if (value.starts_with('"')) {
      const std::size_t end = value.find('"', 1);
      if (end == std::string_view::npos) return std::nullopt;
      if (wanted) return std::string(value.substr(1, end - 1));
      rest = value.substr(end + 1);
      continue;
    }
    if (wanted) return std::string(TrimBlanks(value.substr(0, value.find(';'))));
    rest = value;
  }
}

}  // namespace

std::optional<std::string> BoundaryOf(std::string_view content_type) {
  if (!ToLowerAscii(content_type).starts_with("multipart/form-data")) return std::nullopt;
  return Parameter(content_type, "boundary");
}

FormDataReader::FormDataReader(std::string_view boundary, FileBegins begins, Sink sink)
    : delimiter_("\r\n--" + std::string(boundary)),
      begins_(std::move(begins)),
      sink_(std::move(sink)) {}

Status FormDataReader::Append(std::span<const std::byte> bytes) {
  buffer_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  while (true) {
    OWLET_TRY(const bool more, Step());
    if (!more) return {};
  }
}

/// One step of the walk; false when more bytes are needed.
Result<bool> FormDataReader::Step() {
  switch (state_) {
    case State::kDelimiter:
    case State::kField:
    case State::kFile: {
      const std::size_t end = buffer_.find(delimiter_);
      if (end == std::string::npos) {
        // What may be the beginning of a delimiter stays.
        if (buffer_.size() < delimiter_.size()) return false;
        const std::size_t safe = buffer_.size() - delimiter_.size() + 1;
        OWLET_CHECK_OK(GiveOut(std::string_view(buffer_).substr(0, safe)));
        buffer_.erase(0, safe);
        return false;
      }
      OWLET_CHECK_OK(GiveOut(std::string_view(buffer_).substr(0, end)));
      buffer_.erase(0, end + delimiter_.size());
      state_ = had_file_ ? State::kDone : State::kAfterDelimiter;
      return true;
    }
    case State::kAfterDelimiter:
      if (buffer_.size() < 2) return false;
      if (buffer_.starts_with("--")) {
        state_ = State::kDone;
        return true;
      }
      if (!buffer_.starts_with("\r\n")) return Malformed();
      state_ = State::kHeaders;
      return true;
    case State::kHeaders: {
      const std::size_t end = buffer_.find("\r\n\r\n");
      if (end == std::string::npos) {
        if (buffer_.size() > kMaxFields) return TooLarge();
        return false;
      }
      const std::string headers = buffer_.substr(2, end);
      buffer_.erase(0, end + 4);
      OWLET_CHECK_OK(ReadHeaders(headers));
      return true;
    }
    case State::kDone:
      buffer_.clear();
      return false;
  }
  return false;
}

Status FormDataReader::ReadHeaders(std::string_view headers) {
  std::optional<std::string> name;
  std::string content_type;
  while (!headers.empty()) {
    const std::string_view line = headers.substr(0, headers.find("\r\n"));
    headers.remove_prefix(std::min(headers.size(), line.size() + 2));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view value = TrimBlanks(line.substr(colon + 1));
    if (EqualsIgnoringCase(line.substr(0, colon), "Content-Disposition")) {
      name = Parameter(value, "name");
      fields_.file_name = Parameter(value, "filename").value_or("");
    } else if (EqualsIgnoringCase(line.substr(0, colon), "Content-Type")) {
      content_type = value;
    }
  }
  if (!name) return Malformed();
  name_ = ToLowerAscii(*name);
  if (name_ != "file") {
    state_ = State::kField;
    fields_.values[name_].clear();
    return {};
  }
  had_file_ = true;
  fields_.file_content_type = content_type;
  state_ = State::kFile;
  return begins_(fields_);
}

Status FormDataReader::GiveOut(std::string_view bytes) {
  if (bytes.empty() || state_ == State::kDelimiter) return {};
  if (state_ == State::kFile) return sink_(std::as_bytes(std::span(bytes)));
  field_bytes_ += bytes.size();
  if (field_bytes_ > kMaxFields) return TooLarge();
  fields_.values[name_].append(bytes);
  return {};
}

Status FormDataReader::Finish() {
  if (state_ != State::kDone) return Malformed();
  if (had_file_) return {};
  return Fail(Reason::kInvalidArgument, "POST requires exactly one file upload per request.",
              "IncorrectNumberOfFilesInPostRequest");
}

}  // namespace owlet::s3
