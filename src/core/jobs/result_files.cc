#include "core/jobs/result_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

#include "core/jobs/query_records.h"

namespace owlet::jobs {
namespace {

constexpr std::size_t kBufferBytes = 256 << 10;
constexpr std::size_t kMaximumRowBytes = 64 << 20;

std::span<const std::byte> AsBytes(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

/// Cuts rows out of the bytes that come. `at_end` means that no more come.
class RowCutter {
 public:
  explicit RowCutter(ResultForm form) : form_(form) {}

  /// Takes one row from the front of `bytes`; the number of bytes it had, 0 when it is not whole.
  std::size_t Take(std::string_view bytes, bool at_end, std::vector<ResultValue>& row) const {
    row.clear();
    return form_ == ResultForm::kRows ? TakeCsv(bytes, at_end, row) : TakeLine(bytes, at_end, row);
  }

 private:
  static std::size_t TakeLine(std::string_view bytes, bool at_end, std::vector<ResultValue>& row) {
    const std::size_t end = bytes.find('\n');
    if (end == std::string_view::npos && !at_end) return 0;
    const std::string_view line = bytes.substr(0, end);
    row.emplace_back(std::string(line));
    return end == std::string_view::npos ? bytes.size() : end + 1;
  }

  static std::size_t TakeCsv(std::string_view bytes, bool at_end, std::vector<ResultValue>& row) {
    std::size_t at = 0;
    while (true) {
      ResultValue value;
      if (at < bytes.size() && bytes[at] == '"') {
        value.emplace();
        ++at;
        while (true) {
          const std::size_t quote = bytes.find('"', at);
          if (quote == std::string_view::npos) return 0;
          value->append(bytes.substr(at, quote - at));
          at = quote + 1;
          if (at == bytes.size() && !at_end) return 0;  // the next byte may double the quote
          if (at == bytes.size() || bytes[at] != '"') break;
          *value += '"';
          ++at;
        }
      }
      if (at == bytes.size() && !at_end) return 0;
      row.push_back(std::move(value));
      if (at == bytes.size()) return at;
      if (bytes[at++] == '\n') return at;
      // A comma: the next value.
    }
  }

  ResultForm form_;
};

}  // namespace

std::string JoinLocation(std::string_view folder, std::string_view name) {
  std::string joined(folder);
  if (!joined.ends_with('/')) joined += '/';
  return joined + std::string(name);
}

Result<Location> ParseLocation(std::string_view uri) {
  std::string_view rest = uri;
  for (const std::string_view scheme : {"s3://", "s3a://", "s3n://"}) {
    if (rest.starts_with(scheme)) {
      rest.remove_prefix(scheme.size());
      const std::size_t slash = rest.find('/');
      OWLET_TRY(auto bucket, store::BucketName::Parse(rest.substr(0, slash)));
      std::string prefix(slash == std::string_view::npos ? std::string_view{}
                                                         : rest.substr(slash + 1));
      if (!prefix.empty() && !prefix.ends_with('/')) prefix += '/';
      return Location{std::move(bucket), std::move(prefix)};
    }
  }
  return Fail(Reason::kInvalidArgument, fmt::format("The location is no s3:// path: {}", uri));
}

void AppendCsvValue(std::string_view value, std::string& out) {
  out += '"';
  for (const char c : value) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

ResultFileWriter::ResultFileWriter(store::ObjectStore& objects, const access::Principal& principal,
                                   store::ObjectPath path, std::string id, std::string folder,
                                   store::BodyWriter body)
    : objects_(&objects),
      principal_(principal),
      path_(std::move(path)),
      id_(std::move(id)),
      folder_(std::move(folder)),
      body_(std::move(body)) {}

Result<ResultFileWriter> ResultFileWriter::Begin(store::ObjectStore& objects,
                                                 const access::Principal& principal,
                                                 const QueryExecution& execution,
                                                 std::string_view suffix) {
  const std::string& folder = execution.request.results.output_location;
  OWLET_TRY(auto path,
            store::ObjectPath::ParseUri(JoinLocation(folder, execution.id + std::string(suffix))));
  OWLET_TRY(auto body, objects.NewBody());
  return ResultFileWriter(objects, principal, std::move(path), execution.id, folder,
                          std::move(body));
}

Status ResultFileWriter::Append(std::string_view bytes) {
  size_ += bytes.size();
  buffer_ += bytes;
  return buffer_.size() < kBufferBytes ? Status{} : Flush();
}

Status ResultFileWriter::Flush() {
  const Status status = body_.Append(AsBytes(buffer_));
  buffer_.clear();
  return status;
}

Result<std::string> ResultFileWriter::Commit(std::string_view metadata_suffix,
                                             const std::vector<ResultColumn>& columns) {
  OWLET_CHECK_OK(Flush());
  OWLET_TRY(auto staged, body_.Finish());
  OWLET_TRY(auto metadata_body, objects_->NewBody());
  const std::string metadata = EncodeResultMetadata(id_, columns);
  OWLET_CHECK_OK(metadata_body.Append(AsBytes(metadata)));
  OWLET_TRY(auto staged_metadata, metadata_body.Finish());
  OWLET_TRY(const auto metadata_path,
            store::ObjectPath::ParseUri(JoinLocation(folder_, id_ + std::string(metadata_suffix))));
  store::Publication publication = objects_->Begin(principal_);
  publication.Put(path_.bucket, path_.key, std::move(staged),
                  {.content_type = "application/octet-stream"});
  publication.Put(metadata_path.bucket, metadata_path.key, std::move(staged_metadata),
                  {.content_type = "application/octet-stream"});
  OWLET_TRY(const auto published, publication.Commit());
  return path_.Uri();
}

Result<ResultPage> ReadResultRows(const store::ObjectStore& objects,
                                  const access::Principal& principal,
                                  const QueryExecution& execution, std::uint64_t offset,
                                  std::size_t limit) {
  OWLET_TRY(const auto path, store::ObjectPath::ParseUri(execution.output_location));
  OWLET_TRY(const auto reader, objects.Open(principal, path.bucket, path.key));
  const RowCutter cutter(execution.form);
  ResultPage page;
  std::string window;
  std::size_t used = 0;
  std::uint64_t end = offset;  // of the window in the object
  std::vector<ResultValue> row;
  while (page.rows.size() < limit) {
    const bool at_end = end >= reader.size();
    const std::string_view rest = std::string_view(window).substr(used);
    if (rest.empty() && at_end) break;
    const std::size_t taken = rest.empty() ? 0 : cutter.Take(rest, at_end, row);
    if (taken > 0) {
      used += taken;
      page.rows.push_back(std::move(row));
      row = {};
      continue;
    }
    if (at_end || rest.size() > kMaximumRowBytes) {
      return Fail(Reason::kCorruption, "a result object is not one that this query wrote");
    }
    window.erase(0, used);
    used = 0;
    const std::size_t have = window.size();
    const std::size_t more = std::max<std::size_t>(kBufferBytes, have);
    window.resize(have + more);
    OWLET_TRY(const std::size_t got,
              reader.ReadAt(end, std::as_writable_bytes(std::span(window)).subspan(have)));
    window.resize(have + got);
    end += got;
  }
  const std::uint64_t position = end - (window.size() - used);
  if (position < reader.size()) page.next = position;
  return page;
}

}  // namespace owlet::jobs
