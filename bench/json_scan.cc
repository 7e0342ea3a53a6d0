// One thread's rate of reading lines of JSON, in GB/s of the text: each kernel's walk, the decoder
// into columns, schema inference, simdjson's on-demand loop over the same fields, and reading the
// columns that inference kept, in turn.
//
//   json_scan FILE [ROUNDS]     FILE: the Wikipedia edits, unpacked

#include <simdjson.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "core/scan/json_columns.h"
#include "core/scan/json_inference.h"
#include "core/scan/json_line_decoder.h"
#include "core/scan/text_scanner.h"

namespace {

namespace scan = owlet::scan;
using owlet::plan::Type;
using owlet::plan::TypeId;

constexpr std::size_t kBlock = 512 << 10;

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

owlet::plan::Schema Edits() {
  owlet::plan::Schema schema;
  for (const char* const name :
       {"channel", "page", "user", "cityName", "comment", "countryIsoCode", "countryName",
        "namespace", "regionIsoCode", "regionName", "time"}) {
    schema.push_back({.name = name, .type = Type::Varchar()});
  }
  for (const char* const name : {"isAnonymous", "isMinor", "isNew", "isRobot", "isUnpatrolled"}) {
    schema.push_back({.name = name, .type = Type(TypeId::kBoolean)});
  }
  for (const char* const name : {"added", "deleted", "delta", "metroCode"}) {
    schema.push_back({.name = name, .type = Type(TypeId::kBigint)});
  }
  return schema;
}

/// The text in blocks of whole lines, copied one by one into a buffer as a reader would do it.
class Blocks {
 public:
  explicit Blocks(std::string text)
      : text_(std::move(text)), buffer_(std::make_shared<char[]>(kBlock + 1024)) {}

  void Each(const std::function<void(const scan::LineBlock&)>& use) const {
    for (std::size_t begin = 0; begin < text_.size();) {
      const std::size_t most = std::min(text_.size(), begin + kBlock);
      const std::size_t end = text_.rfind('\n', most - 1) + 1;
      std::memcpy(buffer_.get(), text_.data() + begin, end - begin);
      use({{buffer_.get(), end - begin}, buffer_});
      begin = end;
    }
  }
  [[nodiscard]] std::size_t size() const { return text_.size(); }

 private:
  std::string text_;
  std::shared_ptr<char[]> buffer_;
};

std::size_t Decode(const Blocks& blocks, const owlet::plan::Schema& schema,
                   const scan::JsonKernel& kernel) {
  scan::JsonLineDecoder decoder(schema, std::make_shared<scan::JsonOptions>(), {}, kernel);
  scan::ColumnBatch batch(schema);
  std::size_t rows = 0;
  blocks.Each([&](const scan::LineBlock& block) {
    decoder.Open(block);
    for (bool more = true; more;) {
      batch.Clear();
      more = decoder.NextRows(batch, 2048).value();
      rows += batch.rows;
    }
  });
  return rows;
}

std::size_t Infer(const Blocks& blocks, const scan::JsonKernel& kernel) {
  const scan::JsonOptions options;
  scan::JsonSchemaReader reader(options, nullptr, kernel);
  blocks.Each([&](const scan::LineBlock& block) { static_cast<void>(reader.AddBlock(block)); });
  return reader.shape().ToSchema(options).size();
}

std::size_t SumFields(simdjson::ondemand::document_reference edit, bool all) {
  std::size_t sum = 0;
  if (!all) {
    for (const char* const name : {"channel", "page", "user"}) {
      sum += std::string_view(edit[name]).size();
    }
    return sum;
  }
  for (auto field : edit.get_object()) {
    auto value = field.value();
    switch (value.type()) {
      case simdjson::ondemand::json_type::string:
        sum += std::string_view(value).size();
        break;
      case simdjson::ondemand::json_type::number:
        sum += static_cast<std::size_t>(std::int64_t(value));
        break;
      case simdjson::ondemand::json_type::boolean:
        sum += static_cast<std::size_t>(bool(value));
        break;
      default:
        sum += static_cast<std::size_t>(value.is_null());
    }
  }
  return sum;
}

std::size_t OnDemand(const Blocks& blocks, bool all) {
  simdjson::ondemand::parser parser;
  std::size_t sum = 0;
  blocks.Each([&](const scan::LineBlock& block) {
    simdjson::ondemand::document_stream edits;
    if (parser.iterate_many(block.text.data(), block.text.size(), kBlock + 64).get(edits) !=
        simdjson::SUCCESS) {
      std::abort();
    }
    for (auto edit : edits) sum += SumFields(edit.value(), all);
  });
  return sum;
}

class FileSource final : public scan::ByteSource {
 public:
  explicit FileSource(const std::string& text) : text_(text) {}
  owlet::Result<std::size_t> ReadAt(std::uint64_t offset, std::span<std::byte> out) override {
    const std::size_t size = std::min<std::size_t>(out.size(), text_.size() - offset);
    std::memcpy(out.data(), text_.data() + offset, size);
    return size;
  }
  std::uint64_t version() const override { return 1; }

 private:
  const std::string& text_;
};

/// A file that is inferred and then read from the columns that inference kept.
class KeptColumns {
 public:
  explicit KeptColumns(const std::string& text)
      : files_{{.name = "edits",
                .size = text.size(),
                .version = 1,
                .open = [&text]() -> owlet::Result<std::unique_ptr<scan::ByteSource>> {
                  return std::make_unique<FileSource>(text);
                }}},
        cache_(std::make_shared<scan::ColumnCache>(scan::ColumnCache::Options{
            .folder = std::filesystem::temp_directory_path(), .disk_bytes = 1ULL << 30})) {}

  std::size_t Infer(bool keep) {
    cache_->Clear();
    const scan::JsonOptions options;
    const auto schema =
        scan::InferJsonSchema(files_, options, 1, {}, keep ? cache_.get() : nullptr, "json");
    return schema.value().size();
  }

  std::size_t Read(const owlet::plan::Schema& schema) {
    const auto options = std::make_shared<scan::JsonOptions>();
    scan::TextScan text;
    text.files = files_;
    text.columns = schema;
    text.make_block_decoder = [&] {
      return std::make_unique<scan::JsonLineDecoder>(schema, options,
                                                     std::vector<scan::ColumnFilter>());
    };
    text.cache = cache_;
    text.cache_form = "json";
    for (const auto& field : schema) {
      text.wanted.push_back({field.name, "", scan::PlainKindOf(field.type.id())});
    }
    scan::TextScanner scanner(std::move(text));
    scan::TextScanner::Cursor cursor(scanner);
    scan::ColumnBatch batch(schema);
    std::size_t rows = 0;
    while (cursor.Next(batch).value()) rows += batch.rows;
    return rows;
  }
  [[nodiscard]] std::uint64_t bytes() const { return cache_->disk_bytes(); }

 private:
  std::vector<scan::InputFile> files_;
  std::shared_ptr<scan::ColumnCache> cache_;
};

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) {
    std::fprintf(stderr, "usage: json_scan FILE [ROUNDS]\n");
    return 2;
  }
  std::ifstream file(arguments[1], std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  const Blocks blocks(text);
  KeptColumns kept(text);
  const int rounds = count > 2 ? std::atoi(arguments[2]) : 9;
  const owlet::plan::Schema all = Edits();
  const owlet::plan::Schema three(all.begin(), all.begin() + 3);

  std::map<std::string, std::function<std::size_t()>> works;
  works["simdjson on-demand, 3 fields"] = [&] { return OnDemand(blocks, false); };
  works["simdjson on-demand, 20 fields"] = [&] { return OnDemand(blocks, true); };
  for (const scan::JsonKernel& kernel : scan::JsonKernels()) {
    if (!kernel.supported()) continue;
    const std::string name = std::string("owlet ") + kernel.name;
    works[name + ", 3 columns"] = [&] { return Decode(blocks, three, kernel); };
    works[name + ", 20 columns"] = [&] { return Decode(blocks, all, kernel); };
    works[name + ", inference"] = [&] { return Infer(blocks, kernel); };
  }
  works["owlet, inference of a file"] = [&] { return kept.Infer(false); };
  works["owlet, inference of a file, kept"] = [&] { return kept.Infer(true); };
  works["owlet, kept, 1 column"] = [&] {
    return kept.Read(owlet::plan::Schema(all.begin(), all.begin() + 1));
  };
  works["owlet, kept, 3 columns"] = [&] { return kept.Read(three); };
  works["owlet, kept, 20 columns"] = [&] { return kept.Read(all); };
  std::map<std::string, std::vector<double>> rates;
  for (int round = 0; round < rounds; ++round) {
    for (const auto& [name, work] : works) {
      constexpr int kRepeats = 5;
      const double before = CpuSeconds();
      for (int i = 0; i < kRepeats; ++i) work();
      rates[name].push_back(kRepeats * static_cast<double>(blocks.size()) /
                            (CpuSeconds() - before) * 1e-9);
    }
  }
  kept.Infer(true);
  std::printf("kept columns: %.3f of the text\n",
              static_cast<double>(kept.bytes()) / static_cast<double>(text.size()));
  std::printf("%-36s %8s %8s %8s\n", "GB/s, one thread", "median", "least", "most");
  for (auto& [name, values] : rates) {
    std::sort(values.begin(), values.end());
    std::printf("%-36s %8.2f %8.2f %8.2f\n", name.c_str(), values[values.size() / 2],
                values.front(), values.back());
  }
}
