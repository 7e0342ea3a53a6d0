#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/plan/literal.h"
#include "core/plan/relation.h"
#include "core/plan/types.h"

namespace owlet::engine {

/// The bytes of one file out of its rows, in order. Not thread-safe; one a file.
class RowEncoder {
 public:
  virtual ~RowEncoder() = default;
  /// What the file begins with.
  virtual void Begin(std::string& out) = 0;
  /// Adds a row: `cells` are those of the schema.
  [[nodiscard]] virtual Status Append(const std::vector<plan::Literal>& cells,
                                      std::string& out) = 0;
  [[nodiscard]] virtual Status Finish(std::string& out) = 0;
};

/// How rows become the files of one write.
struct RowFormat {
  std::string extension;   // of Spark's file names: ".csv.gz"
  std::string file_codec;  // compresses each file as a whole; "" for none
  std::function<std::unique_ptr<RowEncoder>()> make_encoder;
};

/// The rows of `schema` as files of json, csv, text or avro: of Spark's writers, or, with
/// kSerDeOption, of Hive's SerDes as Trino writes them. kInvalidArgument for options that are
/// wrong.
[[nodiscard]] Result<RowFormat> MakeRowFormat(const std::string& format, const plan::Schema& schema,
                                              const plan::Options& options,
                                              const std::string& time_zone);

// What makes the encoders of one family each.
[[nodiscard]] Result<RowFormat> MakeAvroFormat(const plan::Schema& schema,
                                               const plan::Options& options);
[[nodiscard]] Result<RowFormat> MakeHiveTextFormat(const plan::Schema& schema,
                                                   const plan::Options& options);

}  // namespace owlet::engine
