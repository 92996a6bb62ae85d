#include "helper/tools/tool.h"

#include <getopt.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>

#include "common/base/error.h"
#include "common/base/say.h"
#include "helper/facts/paths.h"
#include "helper/paths.h"
#include "helper/pid1/confinement.h"
#include "helper/run.h"
#include "helper/supervisor/readable.h"
#include "helper/tools/answer.h"
#include "helper/tools/asked_call.h"
#include "helper/tools/check.h"
#include "helper/tools/launch.h"
#include "helper/tools/why.h"

namespace rind {
namespace {

constexpr const char* kUsage =
    "usage: rind run     [VIEWS] -- COMMAND...\n"
    "       rind explain [--json] [--path PATH]... [VIEWS] -- COMMAND...\n"
    "       rind explain [--json] [--path PATH]... [VIEWS] --hook HOOK --source DIRECTORY"
    " [--output DIRECTORY]\n"
    "       rind shell   [VIEWS] [--hook HOOK --source DIRECTORY] [-- COMMAND...]\n"
    "       rind why     [VIEWS] -- COMMAND...\n"
    "       rind why     [VIEWS] --hook HOOK --source DIRECTORY\n"
    "       rind check   [--json]\n"
    "       rind launch -- COMMAND...\n"
    "       rind --help | --version\n"
    "\n"
    "run      runs COMMAND as a step, isolated by the policy of this container\n"
    "explain  shows how COMMAND would be isolated, by the seam that takes it or a script seam;\n"
    "         or how a PEP 517 hook would be, called on a package's sources by a front end, with\n"
    "         its results in DIRECTORY. With --path: what the step can do with PATH, and why not\n"
    "shell    starts a shell, or COMMAND, in the same sandbox; drops what the step was to make\n"
    "why      runs COMMAND, or a hook on a package's sources, as a step under a tracer, and says\n"
    "         what it was denied and which line of the policy allows it; drops what it makes\n"
    "check    checks the kit, the seams, and what a test step sees; in a step it says so\n"
    "launch   becomes COMMAND, outside of every step: start a container with it to make the\n"
    "         container fail where the hook did not run\n"
    "\n"
    "VIEWS, any number of them; they are stronger than the policy's:\n"
    "  --ro PATH, --allow-read-execute PATH    PATH is visible and read-only\n"
    "  --allow-read PATH                       the same, and nothing in it can be executed\n"
    "  --rw PATH, --allow-read-write PATH      PATH is writable; it is the step's while it runs\n"
    "  --hide PATH                             PATH is empty\n"
    "  --allow-network                         the step has the container's network\n"
    "  --replace-policy                        the policy's views do not hold: everything is "
    "hidden\n"
    "                                          but what is named here, and the step's own\n";

[[noreturn]] void bad_usage(const std::string& why) {
  throw Error("read the command line", why, "see `rind --help`");
}

struct Options {
  bool json = false;
  std::string hook, source, output;
  std::vector<std::string> paths;
  RunOptions run;
  std::vector<std::string> command;
};

ExtraView extra_view(const std::string& path, View view, bool noexec) {
  const PathFact fact = path_fact(path);
  if (fact.type == PathFact::Type::kAbsent) bad_usage(path + " does not exist");
  if (fact.canonical == "/") bad_usage("/ is always read-only");
  return {fact.canonical, view, fact.type == PathFact::Type::kDirectory, noexec};
}

enum Option {
  kJson = 1,
  kPath,
  kHook,
  kSource,
  kOutput,
  kRo,
  kRead,
  kRw,
  kHide,
  kNetwork,
  kReplace
};

constexpr struct option kOptions[] = {{"json", no_argument, nullptr, kJson},
                                      {"path", required_argument, nullptr, kPath},
                                      {"hook", required_argument, nullptr, kHook},
                                      {"source", required_argument, nullptr, kSource},
                                      {"output", required_argument, nullptr, kOutput},
                                      {"ro", required_argument, nullptr, kRo},
                                      {"allow-read-execute", required_argument, nullptr, kRo},
                                      {"allow-read", required_argument, nullptr, kRead},
                                      {"rw", required_argument, nullptr, kRw},
                                      {"allow-read-write", required_argument, nullptr, kRw},
                                      {"hide", required_argument, nullptr, kHide},
                                      {"allow-network", no_argument, nullptr, kNetwork},
                                      {"replace-policy", no_argument, nullptr, kReplace},
                                      {nullptr, 0, nullptr, 0}};

void take(Options& options, int option, const char* value) {
  const auto view = [&](View v, bool noexec) {
    options.run.extra.push_back(extra_view(value, v, noexec));
  };
  switch (option) {
    case kJson:
      options.json = true;
      break;
    case kPath:
      options.paths.emplace_back(value);
      break;
    case kHook:
      options.hook = value;
      break;
    case kSource:
      options.source = value;
      break;
    case kOutput:
      options.output = value;
      break;
    case kRo:
      return view(View::kRo, false);
    case kRead:
      return view(View::kRo, true);
    case kRw:
      return view(View::kRw, false);
    case kHide:
      return view(View::kHidden, false);
    case kNetwork:
      options.run.allow_network = true;
      break;
    case kReplace:
      options.run.replace_policy = true;
      break;
    default:
      bad_usage("unknown or incomplete option");
  }
}

Options parse(int argc, char** argv) {
  Options options;
  optind = 1;
  opterr = 0;
  for (int c = 0; (c = ::getopt_long(argc, argv, "+", kOptions, nullptr)) != -1;) {
    if (c == '?') bad_usage(std::string("unknown or incomplete option ") + argv[optind - 1]);
    take(options, c, optarg);
  }
  options.command.assign(argv + optind, argv + argc);
  if (options.hook.empty() != options.source.empty()) {
    bad_usage("--hook and --source must be used together");
  }
  if (!options.output.empty() && options.hook.empty()) bad_usage("--output needs --hook");
  return options;
}

int explain(Options options) {
  options.run.asks_only = true;
  if (options.hook.empty() == options.command.empty()) {
    bad_usage("explain needs a command, or --hook and --source");
  }
  const Kit kit = read_kit();
  if (!options.hook.empty() && options.output.empty()) {
    options.output = usual_output(options.hook, options.source);
  }
  const AskedCall asked(kit, options.command, options.hook, options.source, options.output);
  asked.add_options(options.run);
  Planned planned = asked.is_front_ends() ? Planned() : plan_call(kit, asked.call(), options.run);
  planned.plan.readable = trees_to_open(planned.plan);
  const Question question = {kit, asked, planned, options.paths};
  print(options.json ? answer_as_json(question) : answer_as_text(question));
  return 0;
}

void require_for_explain(const Options& options) {
  if (options.json || !options.paths.empty() || !options.output.empty()) {
    bad_usage("--json, --path and --output are options of explain");
  }
}

// A person types to what `rind run` and `rind shell` start at a terminal.
void keep_input(Plan& plan) {
  plan.null_stdin = false;
  plan.keeps_terminal = ::isatty(STDIN_FILENO) != 0;
}

int run(Options options) {
  require_for_explain(options);
  if (!options.hook.empty()) bad_usage("--hook is an option of explain and shell");
  if (options.command.empty()) bad_usage("the command is missing");
  const Kit kit = read_kit();
  options.run.always_step = true;
  options.run.by_hand = true;
  Planned planned = plan_call(kit, {options.command, current_environment()}, options.run);
  if (planned.step->kind == Step::Kind::kCommand) keep_input(planned.plan);
  leave(run_step(kit, planned, options.run));
}

// Returns a status like that of a shell: dying by the signal would leave the files of the simulated
// call behind.
int status_of(const StepResult& result) {
  constexpr int kBySignal = 128;
  const int status = result.end.step.status;
  return WIFSIGNALED(status) ? kBySignal + WTERMSIG(status) : WEXITSTATUS(status);
}

int shell(Options options) {
  require_for_explain(options);
  const Kit kit = read_kit();
  if (options.command.empty()) {
    options.command = {variable(current_environment(), "SHELL").value_or("/bin/sh")};
  }
  const AskedCall asked(kit, options.command, options.hook, options.source, options.output);
  asked.add_options(options.run);
  options.run.always_step = true;
  options.run.drop_outputs = true;
  Planned planned = plan_call(kit, asked.call(), options.run);
  // The plan is that of the step, except for the command and its input.
  planned.plan.command = options.command;
  keep_input(planned.plan);
  const SignalGuard signals;
  return status_of(run_recorded(kit, planned, options.run, signals));
}

int why(Options options) {
  require_for_explain(options);
  if (options.hook.empty() == options.command.empty()) {
    bad_usage("why needs a command, or --hook and --source");
  }
  const Kit kit = read_kit();
  const AskedCall asked(kit, options.command, options.hook, options.source, options.output);
  asked.add_options(options.run);
  options.run.always_step = true;
  options.run.drop_outputs = true;
  Planned planned = plan_call(kit, asked.call(), options.run);
  planned.plan.traced = true;
  const std::vector<std::string>& words = asked.call().command;
  if (!options.hook.empty()) planned.plan.command = hook_command(words[0], words[2], words[3]);
  const SignalGuard signals;
  const StepResult result = run_recorded(kit, planned, options.run, signals);
  print(why_text(planned.plan, *planned.step, result));
  return status_of(result);
}

// No options: they would stand where the container's own command stands.
[[noreturn]] void launch_command(int argc, char** argv) {
  const int first = argc > 2 && std::strcmp(argv[2], "--") == 0 ? 3 : 2;
  if (first >= argc) bad_usage("launch needs a command");
  if (first == 2 && argv[2][0] == '-') bad_usage("launch takes no options");
  launch({argv + first, argv + argc});
}

// True for `rind check --json`, false for `rind check`.
bool check_json(int argc, char** argv) {
  constexpr int kWithJson = 3;
  if (argc > kWithJson || (argc == kWithJson && std::strcmp(argv[2], "--json") != 0)) {
    bad_usage("check takes no argument except --json");
  }
  return argc == kWithJson;
}

}  // namespace

int run_tool(int argc, char** argv) {
  const std::string verb = argc > 1 ? argv[1] : "";
  if (verb == "--help" || verb == "-h") {
    print(kUsage);
    return 0;
  }
  if (verb == "--version") {
    print("rind " RIND_VERSION "\n");
    return 0;
  }
  if (verb == "check" || verb == "run" || verb == "shell" || verb == "why") {
    enter_own_domain(argv);
  }
  if (verb == "check") return check(check_json(argc, argv));
  if (verb == "launch") launch_command(argc, argv);
  if (verb == "run") return run(parse(argc - 1, argv + 1));
  if (verb == "explain") return explain(parse(argc - 1, argv + 1));
  if (verb == "shell") return shell(parse(argc - 1, argv + 1));
  if (verb == "why") return why(parse(argc - 1, argv + 1));
  bad_usage(verb.empty() ? "the subcommand is missing" : "unknown subcommand " + verb);
}

}  // namespace rind
