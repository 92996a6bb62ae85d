// The commands of rind-hook for people, and its work for builders with libmount. hook/main.cpp is
// what an engine starts; it executes this program when it is not sure of a container, and for every
// other command.
#include <malloc.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/base/error.h"
#include "common/base/json_error.h"
#include "common/base/remedy.h"
#include "common/base/sys.h"
#include "hook/check/check.h"
#include "hook/paths.h"
#include "hook/policy/policy_test_command.h"
#include "hook/records/command.h"
#include "hook/stages/hook_call.h"
#include "hook/stages/run_hook.h"
#include "hook/stages/stages.h"
#include "hook/status/status.h"

namespace {

constexpr int kExitFailed = 1, kExitUsage = 2;  // docs/operating.md

// The other commands are run by people: errors go to standard error, not to the journal.
int run_command(const std::function<int()>& command) {
  try {
    return command();
  } catch (const std::exception& e) {
    const std::string general = "run the command as root, and see docs/operating.md";
    std::fprintf(stderr, "rind-hook: %s\n", rind::with_remedy(e, general).c_str());
    return kExitFailed;
  }
}

// The options that all commands share which read the policy.
void add_policy_options(CLI::App& command, rind::PolicyFiles& files) {
  command.add_option("--defaults", files.defaults, "The file with the policy's defaults");
  command.add_option_function<std::string>(
      "--config",
      [&](const std::string& directory) {
        files.directory = directory;
        files.directory_is_named = true;
      },
      "The directory of policy.json and policy.d, which change the defaults");
}

void add_hook(CLI::App& app, rind::hook::HostPaths& paths) {
  CLI::App* hook = app.add_subcommand("hook",
                                      "Run as an OCI hook at prestart or poststart: read the "
                                      "container's state from standard input");
  hook->add_option("--helper", paths.helper, "The helper to mount in builder containers");
  add_policy_options(*hook, paths.policy);
}

// The exit status of a wrong command line, or of --help and --version; nothing when `app` is to
// run.
std::optional<int> parse(CLI::App& app, int argc, char** argv) {
  try {
    app.parse(argc, argv);
    return std::nullopt;
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : kExitUsage;
  }
}

// CLI11 would say of an unknown command that one is required.
bool names_unknown_command(const CLI::App& app, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') return false;
  const std::string word = argv[1];
  std::vector<std::string> known;
  for (const CLI::App* command : app.get_subcommands(nullptr)) known.push_back(command->get_name());
  if (std::find(known.begin(), known.end(), word) != known.end()) return false;
  const std::string similar = rind::did_you_mean(word, known);
  std::fprintf(stderr, "rind-hook: \"%s\" is no command; %s\n", rind::printable(word).c_str(),
               similar.empty() ? "run rind-hook --help" : similar.c_str());
  return true;
}

// The commands for people, beside `hook`.
int run_commands(CLI::App& app, rind::hook::HostPaths& paths, int argc, char** argv) {
  bool json = false;
  std::string hook_path = RIND_HOOK_PATH;
  std::vector<std::string> tests;
  CLI::App* check = app.add_subcommand(
      "check", "Check whether this host can isolate builds and which engines start the hook");
  CLI::App* status = app.add_subcommand(
      "status", "List the running builder containers and the state of each one's kit");
  CLI::App* policy = app.add_subcommand("policy", "Work with the policy, without a container");
  policy->require_subcommand(1);
  CLI::App* policy_test = policy->add_subcommand(
      "test", "Hold expectations of steps (files of JSON) against the policy");
  policy_test->fallthrough();
  policy_test->add_option("FILE", tests, "A file of expectations")->required();
  check->add_option("--hook", hook_path, "The hook that the hook files should start");
  check->add_option("--helper", paths.helper, "The helper to check");
  for (CLI::App* command : {check, status}) {
    command->add_flag("--json", json, "Print one JSON object");
  }
  for (CLI::App* command : {check, status, policy}) add_policy_options(*command, paths.policy);
  rind::hook::RecordsCommands records(app, paths.policy);
  if (names_unknown_command(app, argc, argv)) return kExitUsage;
  if (const auto status_of_usage = parse(app, argc, argv)) return *status_of_usage;
  if (check->parsed()) {
    return run_command([&] { return rind::hook::check(paths, hook_path, json); });
  }
  if (status->parsed()) return run_command([&] { return rind::hook::status(paths.policy, json); });
  if (records.parsed()) return run_command([&] { return records.run(); });
  if (policy_test->parsed()) return rind::hook::policy_test(paths.policy, tests);
  return rind::hook::run_hook(paths, rind::hook::kPrestart);
}

}  // namespace

int main(int argc, char** argv) {
  rind::sys::fill_standard_streams();
  // By the hook, for a container: without the options of other commands.
  if (const auto call = argc < 1 ? std::nullopt : rind::hook::parse_hook_call(argv + 1)) {
    // One brk(2) in the place of many, and nothing given back, to be faulted in again.
    ::mallopt(M_TOP_PAD, 512 * 1024);
    ::mallopt(M_TRIM_THRESHOLD, 64 * 1024 * 1024);
    ::_exit(rind::hook::run_hook(*call, rind::hook::kPrestart));
  }
  rind::hook::HostPaths paths{RIND_HELPER_PATH, {RIND_DEFAULTS_PATH, RIND_CONFIG_DIRECTORY}};
  CLI::App app("Isolates the build steps of builder containers, as an OCI hook.", "rind-hook");
  app.set_version_flag("--version", "rind-hook " RIND_VERSION);
  app.require_subcommand(1);
  add_hook(app, paths);
  return run_commands(app, paths, argc, argv);
}
