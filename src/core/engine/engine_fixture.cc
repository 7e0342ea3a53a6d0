#include "core/engine/engine_fixture.h"

#include <fmt/format.h>
#include <unistd.h>

#include "core/engine/text_writer.h"
#include "core/engine/value_reader.h"

namespace owlet::engine {

void EngineTest::SetUp() {
  folder_ = std::filesystem::temp_directory_path() /
            fmt::format("owlet-engine-{}-{}", getpid(),
                        testing::UnitTest::GetInstance()->current_test_info()->name());
  std::filesystem::create_directories(folder_);
  kv_ = kv::KeyValueStore::OpenInMemory().value();
  objects_ =
      store::ObjectStore::Open({.blobs = folder_ / "blobs"}, *kv_, authorizer_, clock_).value();
  catalog_ =
      std::make_unique<catalog::Catalog>(catalog::Catalog::Options{}, *kv_, authorizer_, clock_);
  std::filesystem::create_directories(folder_ / "cache");
  engine_ = Engine::Open({.spill_folder = folder_ / "spill",
                          .memory = nullptr,
                          .threads = 2,
                          .cache_folder = folder_ / "cache",
                          .cache_bytes = 256 << 20},
                         *objects_, *catalog_)
                .value();
  ASSERT_TRUE(objects_->CreateBucket(root_, store::BucketName::Parse("data").value()));
}

void EngineTest::TearDown() {
  engine_.reset();
  catalog_.reset();
  objects_.reset();
  kv_.reset();
  std::filesystem::remove_all(folder_);
}

void EngineTest::PutObject(const std::string& key, std::string_view bytes) {
  ASSERT_TRUE(objects_->PutBytes(root_, store::BucketName::Parse("data").value(),
                                 store::ObjectKey::Parse(key).value(), bytes));
}

std::string EngineTest::GetObject(const std::string& key) {
  auto reader = objects_->Open(root_, store::BucketName::Parse("data").value(),
                               store::ObjectKey::Parse(key).value());
  if (!reader) return "error: " + reader.error().message;
  return reader->ReadAll().value();
}

std::vector<std::string> EngineTest::Keys(const std::string& prefix) {
  std::vector<std::string> keys;
  const auto page =
      objects_->List(root_, store::BucketName::Parse("data").value(), {.prefix = prefix});
  for (const auto& object : page.value().objects) {
    keys.push_back(object.key);
  }
  return keys;
}

ExecutionContext EngineTest::Context() const {
  ExecutionContext context;
  context.principal = std::make_shared<access::Principal>(root_);
  context.session.query_start = clock_.Now();
  context.query_id = "test";
  return context;
}

Result<plan::NodePtr> EngineTest::Read(const std::string& format, const std::string& path,
                                       plan::Options options, std::optional<plan::Schema> schema) {
  const plan::ReadFiles read{format, {path}, std::move(schema), std::move(options)};
  const ExecutionContext context = Context();
  OWLET_TRY(auto source, engine_->Source(context)->DescribeFiles(read, context.session));
  plan::Node node{plan::ScanNode{source, {}}, {}};
  auto& scan = std::get<plan::ScanNode>(node.node);
  const auto add = [&](const plan::Field& field) {
    scan.fields.push_back(node.columns.size());
    node.columns.push_back({.id = static_cast<plan::ColumnId>(node.columns.size()),
                            .name = field.name,
                            .type = field.type});
  };
  for (const plan::Field& field : source->file_schema) add(field);
  for (const plan::Field& field : source->partition_schema) add(field);
  return std::make_shared<const plan::Node>(std::move(node));
}

Result<std::vector<std::string>> EngineTest::Rows(const plan::NodePtr& query) {
  OWLET_TRY(const auto stream, engine_->Execute(query, Context()));
  OWLET_TRY(ValueReader reader, ValueReader::Make(stream->schema()));
  // JSON is the one text that has all types.
  OWLET_TRY(const TextWriter text,
            TextWriter::Make("json", stream->schema(), {{"ignoreNullFields", "false"}}, "UTC"));
  std::vector<std::string> rows;
  for (;;) {
    OWLET_TRY(const auto batch, stream->Next());
    if (!batch) return rows;
    OWLET_CHECK_OK(reader.Read(*batch));
    for (std::int64_t row = 0; row < batch->num_rows(); ++row) {
      std::vector<plan::Literal> cells;
      for (std::size_t i = 0; i < stream->schema().size(); ++i)
        cells.push_back(reader.Cell(i, row));
      std::string line;
      text.AppendRow(cells, line);
      line.pop_back();
      rows.push_back(std::move(line));
    }
  }
}

Result<std::vector<std::string>> EngineTest::ReadRows(const std::string& format,
                                                      const std::string& path,
                                                      plan::Options options,
                                                      std::optional<plan::Schema> schema) {
  OWLET_TRY(const plan::NodePtr node, Read(format, path, std::move(options), std::move(schema)));
  return Rows(node);
}

plan::Schema MakeSchema(std::initializer_list<std::pair<std::string, plan::Type>> columns) {
  plan::Schema schema;
  for (const auto& [name, type] : columns) schema.push_back({.name = name, .type = type});
  return schema;
}

}  // namespace owlet::engine
