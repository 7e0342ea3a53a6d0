// One thread's rate of reading lines of JSON, in GB/s of the text: each kernel's walk, the decoder
// into columns, schema inference, and simdjson's on-demand loop over the same fields, in turn.
//
//   json_scan FILE [ROUNDS]     FILE: the Wikipedia edits, unpacked

#include <simdjson.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "core/scan/json_inference.h"
#include "core/scan/json_line_decoder.h"

namespace {

namespace scan = owlet::scan;
using owlet::plan::Type;
using owlet::plan::TypeId;

constexpr std::size_t kBlock = 512 << 10;

double UserSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec) * 1e-6;
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

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) {
    std::fprintf(stderr, "usage: json_scan FILE [ROUNDS]\n");
    return 2;
  }
  std::ifstream file(arguments[1], std::ios::binary);
  const Blocks blocks(std::string(std::istreambuf_iterator<char>(file), {}));
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
  std::map<std::string, std::vector<double>> rates;
  for (int round = 0; round < rounds; ++round) {
    for (const auto& [name, work] : works) {
      constexpr int kRepeats = 5;
      const double before = UserSeconds();
      for (int i = 0; i < kRepeats; ++i) work();
      rates[name].push_back(kRepeats * static_cast<double>(blocks.size()) /
                            (UserSeconds() - before) * 1e-9);
    }
  }
  std::printf("%-36s %8s %8s %8s\n", "GB/s, one thread", "median", "least", "most");
  for (auto& [name, values] : rates) {
    std::sort(values.begin(), values.end());
    std::printf("%-36s %8.2f %8.2f %8.2f\n", name.c_str(), values[values.size() / 2],
                values.front(), values.back());
  }
}
