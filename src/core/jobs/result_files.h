#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/access/principal.h"
#include "core/jobs/query_execution.h"
#include "core/store/object_store.h"

namespace owlet::jobs {

/// "s3://bucket/folder/" + name; also for a location without its last slash.
[[nodiscard]] std::string JoinLocation(std::string_view folder, std::string_view name);
/// "s3://bucket/folder" as bucket and key prefix. kInvalidArgument.
struct Location {
  store::BucketName bucket;
  std::string prefix;  // "" or ends with '/'
};
[[nodiscard]] Result<Location> ParseLocation(std::string_view uri);

/// Appends one value in the quotes of Athena's CSV.
void AppendCsvValue(std::string_view value, std::string& out);

/// Writes `<id>.csv` and the like with its `.metadata`, both in one publication. Bytes go to the
/// store as they come. Not thread-safe.
class ResultFileWriter {
 public:
  /// `suffix` is what stands behind the id: ".csv", ".txt".
  [[nodiscard]] static Result<ResultFileWriter> Begin(store::ObjectStore& objects,
                                                      const access::Principal& principal,
                                                      const QueryExecution& execution,
                                                      std::string_view suffix);
  [[nodiscard]] Status Append(std::string_view bytes);
  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// `metadata_suffix` stands behind the id too: ".csv.metadata", ".txt.metadata", ".metadata".
  /// The result's URI.
  [[nodiscard]] Result<std::string> Commit(std::string_view metadata_suffix,
                                           const std::vector<ResultColumn>& columns);

 private:
  ResultFileWriter(store::ObjectStore& objects, const access::Principal& principal,
                   store::ObjectPath path, std::string id, std::string folder,
                   store::BodyWriter body);
  [[nodiscard]] Status Flush();

  store::ObjectStore* objects_;
  access::Principal principal_;
  store::ObjectPath path_;
  std::string id_;
  std::string folder_;
  store::BodyWriter body_;
  std::string buffer_;
  std::uint64_t size_ = 0;
};

/// A value of a result row; nothing for NULL.
using ResultValue = std::optional<std::string>;
struct ResultPage {
  std::vector<std::vector<ResultValue>> rows;
  std::uint64_t next = 0;  // where to go on; 0 at the end
};

/// Reads at most `limit` rows of a result object from byte `offset`: of ResultForm::kRows the CSV's
/// rows (its header is the first), of kText one value a line. kObjectNotFound, kAccessDenied.
[[nodiscard]] Result<ResultPage> ReadResultRows(const store::ObjectStore& objects,
                                                const access::Principal& principal,
                                                const QueryExecution& execution,
                                                std::uint64_t offset, std::size_t limit);

}  // namespace owlet::jobs
