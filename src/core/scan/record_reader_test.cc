#include "core/scan/record_reader.h"

#include <gmock/gmock.h>
#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <string>

namespace owlet::scan {
namespace {

using testing::ElementsAre;

class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::string bytes) : bytes_(std::move(bytes)) {}
  Result<std::size_t> ReadAt(std::uint64_t offset, std::span<std::byte> out) override {
    if (offset >= bytes_.size()) return std::size_t{0};
    const std::size_t size = std::min<std::size_t>(out.size(), bytes_.size() - offset);
    std::memcpy(out.data(), bytes_.data() + offset, size);
    return size;
  }

 private:
  std::string bytes_;
};

InputFile File(std::string name, const std::string& bytes) {
  return {std::move(name), bytes.size(), 1, [bytes]() -> Result<std::unique_ptr<ByteSource>> {
            return std::make_unique<MemorySource>(bytes);
          }};
}

std::vector<std::string> Lines(const std::vector<InputFile>& files, std::uint64_t block) {
  std::vector<std::string> lines;
  for (const ScanTask& task : PlanTasks(files, true, block)) {
    LineBlocks blocks = LineBlocks::Open(files[task.file], task).value();
    while (auto piece = blocks.Next().value()) {
      LineSplitter splitter(piece->text, "");
      for (std::string_view line; splitter.Next(line);) lines.emplace_back(line);
    }
  }
  return lines;
}

// However a file is cut, each line comes once and whole, in order.
TEST(RecordReaderTest, CutsAtLines) {
  const std::string text = "one\ntwo\r\n\nfour is longer\nfive\rsix\nlast";
  for (std::uint64_t block = 1; block <= text.size() + 1; ++block) {
    EXPECT_THAT(Lines({File("s3://b/a.txt", text)}, block),
                ElementsAre("one", "two", "", "four is longer", "five", "six", "last"))
        << block;
  }
}

TEST(RecordReaderTest, SkipsAByteOrderMark) {
  EXPECT_THAT(Lines({File("a", "\xef\xbb\xbfx\ny\n"), File("empty", ""), File("b", "z")}, 100),
              ElementsAre("x", "y", "z"));
}

std::string Gzip(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(compressBound(text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

TEST(RecordReaderTest, ReadsGzipMembersAndRefusesCutOnes) {
  const std::string packed = Gzip("a\nb\n") + Gzip("c\n");
  EXPECT_THAT(Lines({File("x.gz", packed)}, 1), ElementsAre("a", "b", "c"));
  const std::vector<InputFile> cut = {File("x.gz", packed.substr(0, packed.size() - 12))};
  auto blocks = LineBlocks::Open(cut[0], PlanTasks(cut, true, 1)[0]);
  EXPECT_FALSE(blocks.has_value() && blocks->Rest().has_value());
  const std::vector<InputFile> none = {File("x.gz", "not compressed at all, whatever it says")};
  EXPECT_FALSE(LineBlocks::Open(none[0], PlanTasks(none, true, 1)[0]).has_value());
}

}  // namespace
}  // namespace owlet::scan
