#include "hook/records/command.h"

#include <CLI/CLI.hpp>

namespace rind::hook {

RecordsCommands::RecordsCommands(CLI::App& app, PolicyFiles& policy)
    : policy_(policy),
      log_(app.add_subcommand("log", "Print the records of steps, the newest last")),
      report_(app.add_subcommand("report", "Write an HTML page about the records of steps")),
      prune_(app.add_subcommand("prune", "Remove old record files of containers that do not run")) {
  for (CLI::App* command : {log_, report_}) add_filters(*command);
  auto* json = log_->add_flag("--json", json_, "Print each record as one line of JSON");
  log_->add_flag("--provenance", provenance_,
                 "Print an in-toto statement for each file that a step made")
      ->excludes(json);
  report_->add_option("-o,--output", output_, "The file to write (default: standard output)");
  prune_->add_option("--older-than", prune_asked_.older_than,
                     "Remove files without a new line for so long, as 90d");
  prune_->add_option("--larger-than", prune_asked_.larger_than,
                     "Remove the oldest files until the rest is not larger, as 5G");
  prune_->add_flag("--dry-run", prune_asked_.dry_run, "Only print what would be removed");
  for (CLI::App* command : {log_, report_, prune_}) add_policy_options(*command);
}

void RecordsCommands::add_filters(CLI::App& command) {
  command.add_option(
      "--since", asked_.since,
      "Only steps that ended since this time (UTC) or duration, as 2026-08-05 or 12h");
  command.add_option("--package", asked_.package,
                     "Only steps of packages whose name, with or without version, matches");
  command.add_flag("--failed", asked_.failed, "Only steps that failed");
  command.add_option("FILES", asked_.paths,
                     "Files, or directories of them (default: where the policy keeps records)");
}

void RecordsCommands::add_policy_options(CLI::App& command) {
  command.add_option("--defaults", policy_.defaults, "The file with the policy's defaults");
  command.add_option_function<std::string>(
      "--config",
      [this](const std::string& directory) {
        policy_.directory = directory;
        policy_.directory_is_named = true;
      },
      "The directory of policy.json and policy.d, which change the defaults");
}

bool RecordsCommands::parsed() const {
  return log_->parsed() || report_->parsed() || prune_->parsed();
}

int RecordsCommands::run() const {
  if (prune_->parsed()) return prune(policy_, prune_asked_);
  if (report_->parsed()) return report(policy_, asked_, output_);
  const LogFormat format = provenance_ ? LogFormat::kProvenance
                           : json_     ? LogFormat::kJson
                                       : LogFormat::kTable;
  return log(policy_, asked_, format);
}

}  // namespace rind::hook
