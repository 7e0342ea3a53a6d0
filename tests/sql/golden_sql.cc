// Runs golden SQL files (README.md) through parser, resolver and engine.
//
//   golden_sql [--known FILE] FILE.test ...
//
// Prints each block whose answer differs. FILE names the blocks that are known to differ, a line
// "folder/file.test: statement" each; exit 1 when another block differs, or when one of them does
// not any more.

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <regex>
#include <set>
#include <sstream>

#include "base/clock.h"
#include "core/access/authorizer.h"
#include "core/catalog/catalog.h"
#include "core/engine/engine.h"
#include "core/engine/value_reader.h"
#include "core/kv/key_value_store.h"
#include "core/plan/type_names.h"
#include "core/sql/parser.h"
#include "core/store/object_store.h"
#include "value_text.h"

namespace owlet::tests {
namespace {

struct Block {
  std::size_t line = 0;
  bool error = false;
  std::string sql;
  std::vector<std::string> expected;
};

struct GoldenFile {
  plan::Dialect dialect = plan::Dialect::kSpark;
  std::string zone = "UTC";
  std::vector<Block> blocks;
};

GoldenFile ReadGoldenFile(const std::string& path) {
  GoldenFile file;
  std::ifstream input(path);
  enum class At { kOutside, kStatement, kAnswer } at = At::kOutside;
  std::size_t number = 0;
  for (std::string line; std::getline(input, line);) {
    ++number;
    if (at == At::kOutside) {
      if (line.starts_with("# dialect: athena")) file.dialect = plan::Dialect::kTrino;
      if (line.starts_with("# zone: ")) file.zone = line.substr(8, line.find(' ', 8) - 8);
      if (line == "query" || line == "statement error") {
        file.blocks.push_back({.line = number, .error = line != "query"});
        at = At::kStatement;
      }
    } else if (at == At::kStatement) {
      if (line == "----") {
        at = At::kAnswer;
      } else {
        file.blocks.back().sql += (file.blocks.back().sql.empty() ? "" : "\n") + line;
      }
    } else if (line.empty()) {
      at = At::kOutside;
    } else {
      file.blocks.back().expected.push_back(line);
    }
  }
  return file;
}

// A type as Trino's client protocol writes it: with a blank in "decimal(5, 2)", intervals large.
std::string TrinoClientType(const plan::Type& type) {
  std::string name = plan::TrinoTypeName(type);
  name = std::regex_replace(name, std::regex("(decimal\\([0-9]+),"), "$1, ");
  name = std::regex_replace(name, std::regex("interval day to second"), "INTERVAL DAY TO SECOND");
  return std::regex_replace(name, std::regex("interval year to month"), "INTERVAL YEAR TO MONTH");
}

class Runner {
 public:
  static Result<std::unique_ptr<Runner>> Make() {
    auto runner = std::unique_ptr<Runner>(new Runner());
    runner->folder_ = std::filesystem::temp_directory_path() / fmt::format("golden-{}", getpid());
    std::filesystem::create_directories(runner->folder_);
    OWLET_TRY(runner->kv_, kv::KeyValueStore::OpenInMemory());
    OWLET_TRY(runner->objects_,
              store::ObjectStore::Open({.blobs = runner->folder_ / "blobs"}, *runner->kv_,
                                       runner->authorizer_, runner->clock_));
    runner->catalog_ = std::make_unique<catalog::Catalog>(catalog::Catalog::Options{}, *runner->kv_,
                                                          runner->authorizer_, runner->clock_);
    OWLET_TRY(runner->engine_, engine::Engine::Open({.spill_folder = runner->folder_ / "spill"},
                                                    *runner->objects_, *runner->catalog_));
    return runner;
  }
  ~Runner() {
    engine_.reset();
    catalog_.reset();
    objects_.reset();
    std::filesystem::remove_all(folder_);
  }

  /// The lines of an answer as the block would have them.
  std::vector<std::string> Answer(const GoldenFile& file, const Block& block) {
    auto lines = Run(file, block);
    if (lines) return *std::move(lines);
    const Error& error = lines.error();
    std::vector<std::string> answer = {
        error.condition.empty() ? std::string(ReasonName(error.reason)) : error.condition};
    if (file.dialect == plan::Dialect::kTrino) {
      answer.push_back(EscapeText(error.message));  // with its place, where Trino names one
      return answer;
    }
    std::vector<std::string> parameters;
    for (const auto& [name, value] : error.parameters) {
      parameters.push_back(name + "=" + EscapeText(value));
    }
    std::sort(parameters.begin(), parameters.end());
    answer.insert(answer.end(), parameters.begin(), parameters.end());
    if (error.condition.empty()) answer.push_back(EscapeText(error.message));
    return answer;
  }

 private:
  Runner() = default;

  Result<std::vector<std::string>> Run(const GoldenFile& file, const Block& block) {
    const bool spark = file.dialect == plan::Dialect::kSpark;
    engine::ExecutionContext context;
    context.principal = std::make_shared<access::Principal>(access::Principal::Root());
    context.session.dialect = file.dialect;
    context.session.time_zone = file.zone;
    context.session.query_start = clock_.Now();
    context.session.user = "owlet";
    OWLET_TRY(const sql::Statement statement,
              spark ? sql::ParseSpark(block.sql) : sql::ParseTrino(block.sql));
    const auto* query = std::get_if<sql::Query>(&statement.node);
    if (query == nullptr) return Fail(Reason::kNotImplemented, "no query");
    const auto source = engine_->Source(context);
    OWLET_TRY(const plan::NodePtr plan, plan::Resolve(query->relation, context.session, *source));
    OWLET_TRY(const auto stream, engine_->Execute(plan, context));
    std::string head;
    for (const plan::Field& field : stream->schema()) {
      if (!head.empty()) head += '\t';
      head += EscapeText(field.name) + " " +
              (spark ? plan::SparkSimpleString(field.type) : TrinoClientType(field.type));
      if (spark && !field.nullable) head += " not null";
    }
    OWLET_TRY(engine::ValueReader reader, engine::ValueReader::Make(stream->schema()));
    std::vector<std::string> rows;
    for (;;) {
      OWLET_TRY(const auto batch, stream->Next());
      if (!batch) break;
      OWLET_CHECK_OK(reader.Read(*batch));
      for (std::int64_t row = 0; row < batch->num_rows(); ++row) {
        std::string line;
        for (std::size_t i = 0; i < stream->schema().size(); ++i) {
          line += (i > 0 ? "\t" : "") + ValueText(reader.Cell(i, row), file.dialect);
        }
        rows.push_back(std::move(line));
      }
    }
    if (!IsOrdered(block.sql)) std::sort(rows.begin(), rows.end());
    rows.insert(rows.begin(), std::move(head));
    return rows;
  }

 public:
  /// An ORDER BY behind the last parenthesis orders the result.
  static bool IsOrdered(std::string sql) {
    for (char& c : sql) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    int depth = 0;
    for (std::size_t i = sql.size(); i-- > 0;) {
      if (sql[i] == ')') ++depth;
      if (sql[i] == '(') --depth;
      if (depth == 0 && sql.compare(i, 8, "order by") == 0) return true;
    }
    return false;
  }

 private:
  std::filesystem::path folder_;
  SystemClock clock_;
  access::AllowAll authorizer_;
  std::unique_ptr<kv::KeyValueStore> kv_;
  std::unique_ptr<store::ObjectStore> objects_;
  std::unique_ptr<catalog::Catalog> catalog_;
  std::unique_ptr<engine::Engine> engine_;
};

void Print(const std::string& name, const Block& block, const std::vector<std::string>& answer) {
  std::cout << name << " (line " << block.line << ")\n";
  for (const std::string& line : block.expected) std::cout << "  expected  " << line << "\n";
  for (const std::string& line : answer) std::cout << "  owlet     " << line << "\n";
  std::cout << "\n";
}

int RunFiles(const std::vector<std::string>& paths, const std::set<std::string>& known) {
  auto runner = Runner::Make();
  if (!runner) {
    std::cerr << runner.error().message << "\n";
    return 2;
  }
  std::size_t passed = 0, failed = 0, wrong = 0;
  for (const std::string& path : paths) {
    const GoldenFile file = ReadGoldenFile(path);
    const std::filesystem::path place(path);
    for (const Block& block : file.blocks) {
      std::string name = fmt::format("{}/{}: {}", place.parent_path().filename().string(),
                                     place.filename().string(), block.sql);
      std::replace(name.begin(), name.end(), '\n', ' ');
      std::vector<std::string> expected = block.expected;
      if (!block.error && !Runner::IsOrdered(block.sql) && expected.size() > 1) {
        std::sort(expected.begin() + 1, expected.end());
      }
      const auto answer = (*runner)->Answer(file, block);
      const bool good = answer == expected;
      ++(good ? passed : failed);
      if (good == known.contains(name)) {
        ++wrong;
        if (good) {
          std::cout << name << " is right now: take it out of the known failures\n";
        } else {
          Print(name, block, answer);
        }
      }
    }
  }
  std::cout << passed << " right, " << failed << " different\n";
  return wrong > 0 ? 1 : 0;
}

}  // namespace
}  // namespace owlet::tests

int main(int argc, char** argv) {
  std::vector<std::string> paths(argv + 1, argv + argc);
  std::set<std::string> known;
  if (paths.size() > 1 && paths[0] == "--known") {
    std::ifstream input(paths[1]);
    for (std::string line; std::getline(input, line);) {
      if (!line.empty() && line[0] != '#') known.insert(line);
    }
    paths.erase(paths.begin(), paths.begin() + 2);
  }
  return owlet::tests::RunFiles(paths, known);
}
