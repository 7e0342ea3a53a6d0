// The yardstick of the Wikipedia job: what a C++ program without any engine needs to read the
// files, find three fields of each edit with simdjson and count edits by channel, on two threads.
//
//   bare_wikipedia FILE...     .gz by ISA-L; prints seconds of CPU and wall, rows and channels

#include <fcntl.h>
#include <isa-l/igzip_lib.h>
#include <simdjson.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

namespace {

constexpr std::size_t kBlock = 1 << 20;

struct Counts {
  std::unordered_map<std::string, std::size_t> channels;
  std::size_t rows = 0;
  std::size_t page_bytes = 0;
  std::int64_t delta = 0;
};

/// Plain bytes of a file, inflated when its name ends in .gz.
class Reader {
 public:
  explicit Reader(const char* name)
      : file_(open(name, O_RDONLY)), packed_(std::string_view(name).ends_with(".gz")) {
    if (file_ < 0) std::perror(name);
    isal_inflate_init(state_.get());
    state_->crc_flag = ISAL_GZIP;
  }
  ~Reader() { close(file_); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  std::size_t Read(char* out, std::size_t room) {
    if (!packed_) {
      const ssize_t size = read(file_, out, room);
      return size > 0 ? static_cast<std::size_t>(size) : 0;
    }
    state_->next_out = reinterpret_cast<std::uint8_t*>(out);
    state_->avail_out = static_cast<std::uint32_t>(room);
    while (state_->avail_out > 0 && state_->block_state != ISAL_BLOCK_FINISH) {
      if (state_->avail_in == 0) {
        const ssize_t size = read(file_, input_.get(), kBlock / 4);
        if (size <= 0) break;
        state_->next_in = input_.get();
        state_->avail_in = static_cast<std::uint32_t>(size);
      }
      if (isal_inflate(state_.get()) != ISAL_DECOMP_OK) break;
    }
    return room - state_->avail_out;
  }

 private:
  int file_;
  bool packed_;
  std::unique_ptr<inflate_state> state_ = std::make_unique<inflate_state>();
  std::unique_ptr<std::uint8_t[]> input_ = std::make_unique<std::uint8_t[]>(kBlock / 4);
};

void CountBlock(simdjson::ondemand::parser& parser, const char* text, std::size_t size,
                Counts& counts) {
  simdjson::ondemand::document_stream edits;
  if (parser.iterate_many(text, size, kBlock + simdjson::SIMDJSON_PADDING).get(edits) !=
      simdjson::SUCCESS) {
    return;
  }
  std::string channel;
  for (auto edit : edits) {
    std::string_view name, page;
    std::int64_t delta = 0;
    if (edit["channel"].get(name) != simdjson::SUCCESS) continue;
    if (edit["page"].get(page) == simdjson::SUCCESS) counts.page_bytes += page.size();
    if (edit["delta"].get(delta) == simdjson::SUCCESS) counts.delta += delta;
    channel.assign(name);
    ++counts.channels[channel];
    ++counts.rows;
  }
}

void CountFile(const char* name, simdjson::ondemand::parser& parser, std::vector<char>& buffer,
               Counts& counts) {
  Reader reader(name);
  std::size_t kept = 0;
  for (;;) {
    const std::size_t size = kept + reader.Read(buffer.data() + kept, kBlock - kept);
    if (size == kept) break;
    const std::string_view seen(buffer.data(), size);
    const std::size_t end = seen.rfind('\n') + 1;
    CountBlock(parser, buffer.data(), end, counts);
    kept = size - end;
    std::memmove(buffer.data(), buffer.data() + end, kept);
  }
}

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

}  // namespace

int main(int count, char** names) {
  const auto start = std::chrono::steady_clock::now();
  std::atomic<int> next = 1;
  Counts totals[2];
  {
    std::vector<std::jthread> threads;
    for (Counts& counts : totals) {
      threads.emplace_back([&] {
        simdjson::ondemand::parser parser;
        std::vector<char> buffer(kBlock + simdjson::SIMDJSON_PADDING);
        for (int i = next++; i < count; i = next++) CountFile(names[i], parser, buffer, counts);
      });
    }
  }
  std::map<std::string, std::size_t> channels;
  for (const Counts& counts : totals) {
    for (const auto& [channel, edits] : counts.channels) channels[channel] += edits;
  }
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  std::printf("cpu %.3f wall %.3f rows %zu channels %zu #en.wikipedia %zu\n", CpuSeconds(),
              wall.count(), totals[0].rows + totals[1].rows, channels.size(),
              channels["#en.wikipedia"]);
}
