#include "helper/tool.h"

#include <getopt.h>
#include <unistd.h>

#include <cstring>

#include "common/error.h"
#include "common/sys.h"
#include "helper/check.h"
#include "helper/explain.h"
#include "helper/look.h"
#include "helper/paths.h"
#include "helper/run.h"

namespace rind {
namespace {

constexpr const char* kUsage =
    "usage: rind run [--ro PATH] [--rw PATH] [--hide PATH] -- COMMAND...\n"
    "       rind explain [--json] [--path PATH] [--ro|--rw|--hide PATH] -- COMMAND...\n"
    "       rind check\n"
    "       rind --help | --version\n"
    "\n"
    "run      runs COMMAND as a step: isolated by the policy of this container\n"
    "explain  shows what COMMAND would be, as a call through a seam, and how it would be isolated\n"
    "check    tells whether this container can isolate steps\n";

void print(const std::string& text) { sys::write_all(STDOUT_FILENO, text, "standard output"); }

[[noreturn]] void bad_usage(const std::string& why) {
  throw Error("read the command line", why, "see `rind --help`");
}

struct Options {
  bool json = false;
  std::string path;
  std::vector<ExtraView> extra;
  std::vector<std::string> command;
};

ExtraView extra_view(const std::string& path, View view) {
  const PathFact fact = path_fact(path);
  if (fact.type == PathFact::Type::kAbsent) bad_usage(path + " does not exist");
  if (fact.canonical == "/") bad_usage("the root is always read-only");
  return {fact.canonical, view, fact.type == PathFact::Type::kDirectory};
}

Options parse(int argc, char** argv, bool explain) {
  enum { kJson = 1, kPath, kRo, kRw, kHide };
  static const struct option kOptions[] = {
      {"json", no_argument, nullptr, kJson},       {"path", required_argument, nullptr, kPath},
      {"ro", required_argument, nullptr, kRo},     {"rw", required_argument, nullptr, kRw},
      {"hide", required_argument, nullptr, kHide}, {nullptr, 0, nullptr, 0}};
  Options options;
  optind = 1;
  opterr = 0;
  for (int c = 0; (c = ::getopt_long(argc, argv, "+", kOptions, nullptr)) != -1;) {
    switch (c) {
      case kJson:
        options.json = true;
        break;
      case kPath:
        options.path = optarg;
        break;
      case kRo:
        options.extra.push_back(extra_view(optarg, View::kRo));
        break;
      case kRw:
        options.extra.push_back(extra_view(optarg, View::kRw));
        break;
      case kHide:
        options.extra.push_back(extra_view(optarg, View::kHidden));
        break;
      default:
        bad_usage(std::string("unknown or incomplete option ") + argv[optind - 1]);
    }
  }
  if (!explain && (options.json || !options.path.empty())) bad_usage("that option is for explain");
  options.command.assign(argv + optind, argv + argc);
  if (options.command.empty()) bad_usage("no command");
  return options;
}

int explain(const Options& options) {
  const Kit kit = read_kit();
  const Call call{options.command, current_environment()};
  const Planned planned = plan_call(kit, call, options.extra, false);
  const Step* step = planned.step ? &*planned.step : nullptr;
  if (!options.path.empty()) {
    if (step == nullptr) {
      print(explain_text(planned.plan, step));
      return 0;
    }
    // A path that does not exist is explained by its name.
    const PathFact fact = path_fact(options.path);
    print(explain_path(planned.plan, fact.canonical.empty() ? options.path : fact.canonical));
  } else if (options.json) {
    print(explain_json(planned.plan, step).dump(2, ' ', false, Json::error_handler_t::replace) +
          "\n");
  } else {
    print(explain_text(planned.plan, step));
  }
  return 0;
}

int run(const Options& options) {
  const Kit kit = read_kit();
  const Call call{options.command, current_environment()};
  return run_step(plan_call(kit, call, options.extra, true));
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
  if (verb == "check") return argc == 2 ? check() : (bad_usage("check takes no arguments"), 0);
  if (verb == "run") return run(parse(argc - 1, argv + 1, false));
  if (verb == "explain") return explain(parse(argc - 1, argv + 1, true));
  bad_usage(verb.empty() ? "no verb" : "unknown verb " + verb);
}

}  // namespace rind
