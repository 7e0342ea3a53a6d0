#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/commands.h"
#include "app/settings.h"

namespace {

using owlet::app::SettingEntry;
using owlet::app::Settings;

/// What the command line says, before anything is done.
struct Request {
  std::string config_file;
  std::vector<std::pair<const SettingEntry*, std::string>> flags;
  owlet::app::RunOptions run;
  owlet::app::SubmitOptions submit;
  owlet::app::SqlOptions sql;
  std::string backup_folder;
  std::function<int(const Settings&)> act;
};

int Misused(std::string_view message) {
  fmt::print(stderr, "owlet: {}\n", message);
  return owlet::app::kMisused;
}

void AddSettings(CLI::App& command, Request& request) {
  command.add_option("--config", request.config_file,
                     "The configuration file (default: owlet.toml of this folder, if there)");
  for (const SettingEntry& entry : owlet::app::SettingEntries()) {
    const auto take = [&request, &entry](const std::string& text) {
      request.flags.emplace_back(&entry, text);
    };
    if (entry.is_switch) {
      command.add_flag_callback(entry.flag(), [take] { take("true"); }, entry.help);
    } else {
      // Of a flag given twice the last one counts, so that scripts can be given more flags.
      command.add_option_function<std::string>(entry.flag(), take, entry.help)
          ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    }
  }
}

/// The text of a statement: the argument, or standard input when it is "-" or absent.
void AddStatement(CLI::App& command, Request& request) {
  command.add_option("--database", request.sql.database, "The database of bare table names")
      ->capture_default_str();
  command.add_option("statement", request.sql.statement,
                     "The SQL text; without it, or as -, from standard input");
}

void AddServe(CLI::App& app, Request& request) {
  auto* serve = app.add_subcommand("serve", "Run the server until Ctrl-C");
  AddSettings(*serve, request);
  serve->footer(
      "Examples:\n"
      "  owlet serve --data ./data\n"
      "  owlet serve --data ./data --listen 127.0.0.1:0 --memory-limit 2GB\n"
      "  owlet serve --anonymous\n"
      "A second Ctrl-C (or SIGTERM) ends it at once; nothing acknowledged is lost.");
  serve->callback([&] { request.act = owlet::app::Serve; });
}

void AddRun(CLI::App& app, Request& request) {
  auto* run = app.add_subcommand("run", "Run a PySpark script here and now");
  run->prefix_command();
  AddSettings(*run, request);
  run->footer(
      "SCRIPT.py [ARG...] stand after the options.\n"
      "Examples:\n"
      "  owlet run job.py s3://bucket/input/ s3://bucket/output/\n"
      "  owlet run --data ./data --python .venv/bin/python job.py\n"
      "The exit code is the script's own, or 128 and the number of the signal that ended it.");
  run->callback([&, run] {
    request.run.command = run->remaining();
    request.act = [&request](const Settings& settings) {
      return owlet::app::Run(settings, request.run);
    };
  });
}

void AddSubmit(CLI::App& app, Request& request) {
  auto* submit = app.add_subcommand("submit", "Run a PySpark script in S3 as a step of EMR");
  submit->prefix_command();
  AddSettings(*submit, request);
  submit->add_option("--engine", request.submit.engine, "native")->capture_default_str();
  submit->footer(
      "s3://BUCKET/SCRIPT.py [ARG...] stand after the options; they are what\n"
      "spark-submit gets.\n"
      "Examples:\n"
      "  owlet submit s3://bucket/code/job.py s3://bucket/input/ s3://bucket/output/\n"
      "The step is followed to its end and its logs printed. The exit code is the script's own, or "
      "128\n"
      "and the number of the signal that ended it. Ctrl-C cancels the step.");
  submit->callback([&, submit] {
    request.submit.command = submit->remaining();
    request.act = [&request](const Settings& settings) {
      return owlet::app::Submit(settings, request.submit);
    };
  });
}

void AddSql(CLI::App& app, Request& request) {
  auto* sql = app.add_subcommand("sql", "Run a statement of Athena SQL and print its rows");
  AddSettings(*sql, request);
  sql->add_option("--format", request.sql.format, "table, csv or json (one object a line)")
      ->check(CLI::IsMember({"table", "csv", "json"}))
      ->capture_default_str();
  AddStatement(*sql, request);
  sql->footer(
      "Examples:\n"
      "  owlet sql \"SHOW DATABASES\"\n"
      "  owlet sql --database wiki --format csv \"SELECT channel, count(*) FROM edits GROUP BY "
      "1\"\n"
      "  owlet sql --data ./data < query.sql");
  sql->callback([&] {
    request.act = [&request](const Settings& settings) {
      return owlet::app::Sql(settings, request.sql);
    };
  });

  auto* explain = app.add_subcommand("explain", "Print the SQL that the engine gets for a query");
  AddSettings(*explain, request);
  AddStatement(*explain, request);
  explain->footer(
      "Examples:\n"
      "  owlet explain --database wiki \"SELECT count(*) FROM edits WHERE isrobot\"");
  explain->callback([&] {
    request.act = [&request](const Settings& settings) {
      return owlet::app::Explain(settings, request.sql);
    };
  });
}

void AddUpkeep(CLI::App& app, Request& request) {
  auto* scrub = app.add_subcommand("scrub", "Read everything back and say what is damaged");
  AddSettings(*scrub, request);
  scrub->footer(
      "Examples:\n"
      "  owlet scrub --data ./data\n"
      "The names of damaged objects go to standard output, a line each. The exit code is 0 when "
      "there are\n"
      "none, else 1. The server of the folder goes on meanwhile.");
  scrub->callback([&] { request.act = owlet::app::Scrub; });

  auto* backup = app.add_subcommand("backup", "Copy the data folder while its server goes on");
  AddSettings(*backup, request);
  backup->add_option("DIR", request.backup_folder, "A new or empty folder of this machine");
  backup->footer(
      "Examples:\n"
      "  owlet backup --data ./data /backups/monday\n"
      "  owlet serve --data /backups/monday      # the copy is a data folder itself\n"
      "  cp -a /backups/monday ./data            # restores it, once the old folder is moved away\n"
      "It holds everything that was acknowledged when it began, identities and their keys "
      "included.\n"
      "Checksums are compared on the way: the exit code is 1 when something was damaged "
      "already.");
  backup->callback([&] {
    request.act = [&request](const Settings& settings) {
      return owlet::app::Backup(settings, request.backup_folder);
    };
  });
}

void AddSmallCommands(CLI::App& app, Request& request) {
  auto* doctor = app.add_subcommand("doctor", "Say what is missing on this machine");
  AddSettings(*doctor, request);
  doctor->footer(
      "Examples:\n"
      "  owlet doctor --data ./data --python .venv/bin/python\n"
      "The exit code is 0 when nothing is missing, else 1.");
  doctor->callback([&] { request.act = owlet::app::Doctor; });

  auto* version = app.add_subcommand("version", "Print the versions of owlet and its engine");
  version->footer("Examples:\n  owlet version");
  version->callback([&] { request.act = [](const Settings&) { return owlet::app::Version(); }; });
}

/// Flags stand above the environment, which stands above the file.
owlet::Result<Settings> MakeSettings(const Request& request) {
  OWLET_TRY(Settings settings, owlet::app::LoadSettings(request.config_file));
  for (const auto& [entry, text] : request.flags) {
    if (const owlet::Status set = entry->set(settings, text); !set) {
      return owlet::Fail(owlet::Reason::kInvalidArgument,
                         fmt::format("{}: {}", entry->flag(), set.error().message));
    }
  }
  OWLET_CHECK_OK(owlet::app::CheckSettings(settings));
  return settings;
}

/// One line: what is wrong, and where the right form is told.
std::string DescribeMistake(const CLI::App* app, const CLI::Error& error) {
  std::string verb;
  if (const auto used = app->get_subcommands(); !used.empty()) verb = used.front()->get_name();
  return fmt::format("{} (see owlet{}{} --help)", error.what(), verb.empty() ? "" : " ", verb);
}

}  // namespace

int main(int argc, char** argv) {
  Request request;
  CLI::App app{"owlet: S3, Spark on EMR, Glue and Athena on one machine"};
  app.name("owlet");
  app.set_version_flag("--version", owlet::app::VersionText());
  app.footer(
      "Examples:\n"
      "  owlet serve --data ./data\n"
      "  owlet run job.py s3://bucket/input s3://bucket/output\n"
      "  owlet submit s3://bucket/job.py s3://bucket/input s3://bucket/output\n"
      "  owlet sql --database wiki \"SELECT channel, count(*) FROM edits GROUP BY 1\"\n"
      "Exit codes: 0 done; 1 the work failed; 2 the command line or the configuration is wrong;\n"
      "3 no server: the data folder, a port or the disk. `owlet COMMAND --help` tells more.");
  app.add_option("--config", request.config_file, "The configuration file");
  AddServe(app, request);
  AddRun(app, request);
  AddSubmit(app, request);
  AddSql(app, request);
  AddUpkeep(app, request);
  AddSmallCommands(app, request);

  if (argc < 2) {
    fmt::print(stderr, "{}", app.help());
    return owlet::app::kMisused;
  }
  const std::string_view verb = argv[1];
  const auto named = [&](const CLI::App* command) { return command->get_name() == verb; };
  const auto commands = app.get_subcommands([](const CLI::App*) { return true; });
  if (!verb.starts_with('-') && std::ranges::none_of(commands, named)) {
    return Misused(fmt::format("no such command: {} (see owlet --help)", verb));
  }
  app.require_subcommand(1);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {  // --help and --version come this way
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    return Misused(DescribeMistake(&app, error));
  }
  const auto settings = MakeSettings(request);
  // `version` tells itself even where the configuration is broken.
  if (!settings && !app.got_subcommand("version")) return Misused(settings.error().message);
  return request.act(settings.value_or(Settings()));
}
