#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <string>

#include "app/commands.h"
#include "app/settings.h"

namespace {

using owlet::app::Settings;

/// Flags stand above the environment and owlet.toml, which are read before them.
void AddServerFlags(CLI::App& command, Settings& settings, std::string& memory_limit) {
  command.add_option("--data", settings.data, "The data folder")->capture_default_str();
  command.add_option("--listen", settings.listen, "HOST:PORT of the AWS services")
      ->capture_default_str();
  command.add_option("--spark-listen", settings.spark_listen, "HOST:PORT of Spark Connect")
      ->capture_default_str();
  command.add_option("--region", settings.region, "The region that ARNs name")
      ->capture_default_str();
  command.add_option("--account", settings.account_id, "The account that ARNs name")
      ->capture_default_str();
  command.add_option("--memory-limit", memory_limit, "Memory of queries, like 4GB");
  command.add_option("--threads", settings.threads, "Threads of queries; 0: all cores");
  command.add_option("--python", settings.python,
                     "The Python of Spark steps (with pyspark-client)");
  command.add_flag("--anonymous", settings.anonymous, "No authentication; on loopback only");
  command.add_flag("--allow-remote", settings.allow_remote,
                   "Allow listening beyond loopback, without encryption");
}

int Report(const owlet::Error& error) {
  fmt::print(stderr, "owlet: {}\n", error.message);
  return owlet::app::kFailed;
}

/// --config must be known before the other flags are: they overwrite what it says.
std::string FindConfigFlag(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--config" && i + 1 < argc) return argv[i + 1];
    if (argument.starts_with("--config=")) return std::string(argument.substr(9));
  }
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  auto loaded = owlet::app::LoadSettings(FindConfigFlag(argc, argv));
  if (!loaded) return Report(loaded.error());
  Settings settings = std::move(*loaded);
  std::string memory_limit;
  std::string config_file;
  int exit_code = owlet::app::kDone;

  CLI::App app{"owlet: S3, Spark, Glue and Athena on one machine"};
  app.require_subcommand(1);
  app.add_option("--config", config_file, "The configuration file (default: ./owlet.toml)");
  app.footer(
      "Examples:\n"
      "  owlet serve --data ./data\n"
      "  owlet run job.py s3://bucket/input s3://bucket/output\n"
      "  owlet sql --database wiki \"SELECT channel, count(*) FROM edits GROUP BY 1\"\n");

  auto* serve = app.add_subcommand("serve", "Run the server until Ctrl-C");
  AddServerFlags(*serve, settings, memory_limit);
  serve->callback([&] { exit_code = owlet::app::Serve(settings); });

  owlet::app::RunOptions run_options;
  auto* run = app.add_subcommand("run", "Run a PySpark script here and now");
  run->prefix_command();
  AddServerFlags(*run, settings, memory_limit);
  run->footer("SCRIPT.py [ARG...] follow the flags; the exit code is the script's own.");
  run->callback([&] {
    run_options.command = run->remaining();
    exit_code = owlet::app::Run(settings, run_options);
  });

  owlet::app::SqlOptions sql_options;
  auto* sql = app.add_subcommand("sql", "Run Athena SQL and print its rows");
  AddServerFlags(*sql, settings, memory_limit);
  sql->add_option("--database", sql_options.database, "The database of bare table names");
  sql->add_option("--format", sql_options.format, "table, csv or json")
      ->check(CLI::IsMember({"table", "csv", "json"}))
      ->capture_default_str();
  sql->add_option("statement", sql_options.statement, "The SQL text")->required();
  sql->callback([&] { exit_code = owlet::app::Sql(settings, sql_options); });

  auto* explain = app.add_subcommand("explain", "Print the SQL that the engine gets for a query");
  AddServerFlags(*explain, settings, memory_limit);
  explain->add_option("--database", sql_options.database, "The database of bare table names");
  explain->add_option("statement", sql_options.statement, "The SQL text")->required();
  explain->callback([&] { exit_code = owlet::app::Explain(settings, sql_options); });

  auto* doctor = app.add_subcommand("doctor", "Say what is missing on this machine");
  AddServerFlags(*doctor, settings, memory_limit);
  doctor->callback([&] { exit_code = owlet::app::Doctor(settings); });

  auto* version = app.add_subcommand("version", "Print the version");
  version->callback([&] { exit_code = owlet::app::Version(); });

  app.parse_complete_callback([&] {
    if (memory_limit.empty()) return;
    const auto bytes = owlet::app::ParseSize(memory_limit);
    if (!bytes) throw CLI::ValidationError("--memory-limit", bytes.error().message);
    settings.memory_limit_bytes = *bytes;
  });
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {  // --help comes this way too, with exit code 0
    return app.exit(error) == 0 ? owlet::app::kDone : owlet::app::kMisused;
  }
  return exit_code;
}
