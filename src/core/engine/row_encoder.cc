#include "core/engine/row_encoder.h"

#include "base/ascii.h"
#include "core/engine/compressor.h"
#include "core/engine/file_listing.h"
#include "core/engine/text_formats.h"
#include "core/engine/text_writer.h"

namespace owlet::engine {

namespace {

class SparkText final : public RowEncoder {
 public:
  explicit SparkText(std::shared_ptr<const TextWriter> writer) : writer_(std::move(writer)) {}

  void Begin(std::string& out) override { out += writer_->Header(); }
  Status Append(const std::vector<plan::Literal>& cells, std::string& out) override {
    writer_->AppendRow(cells, out);
    return {};
  }
  Status Finish(std::string&) override { return {}; }

 private:
  std::shared_ptr<const TextWriter> writer_;
};

}  // namespace

Result<RowFormat> MakeRowFormat(const std::string& format, const plan::Schema& schema,
                                const plan::Options& options, const std::string& time_zone) {
  if (format == "avro") return MakeAvroFormat(schema, options);
  if (FindOption(options, kSerDeOption)) return MakeHiveTextFormat(schema, options);
  auto codec = FindOption(options, "compression");
  if (!codec) codec = FindOption(options, "codec");
  RowFormat made;
  made.file_codec = ToLowerAscii(codec.value_or(""));
  OWLET_TRY(const std::string suffix, CodecSuffix(made.file_codec));
  made.extension = "." + (format == "text" ? std::string("txt") : format) + suffix;
  OWLET_TRY(TextWriter text, TextWriter::Make(format, schema, options, time_zone));
  const auto writer = std::make_shared<const TextWriter>(std::move(text));
  made.make_encoder = [writer] { return std::make_unique<SparkText>(writer); };
  return made;
}

}  // namespace owlet::engine
