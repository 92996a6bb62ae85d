#include "helper/tools/why.h"

#include <algorithm>

#include "common/base/json.h"
#include "common/base/text.h"
#include "helper/record/failure_line.h"
#include "helper/step/distribution.h"

namespace rind {
namespace {

constexpr const char* kCallHook = R"(
import importlib, json, sys
hook, control = sys.argv[1:]
del sys.argv[1:]
for name in "tomllib", "tomli", "pip._vendor.tomli", "setuptools._vendor.tomli", "setuptools.extern.tomli":
    try:
        toml = importlib.import_module(name)
        break
    except ImportError:
        toml = None
try:
    with open("pyproject.toml", "rb") as file:
        if toml is None:
            sys.exit("rind why: this Python has no module that reads pyproject.toml")
        system = toml.load(file).get("build-system", {})
except FileNotFoundError:
    system = {}
sys.path[:0] = system.get("backend-path", [])
module, _, attributes = system.get("build-backend", "setuptools.build_meta:__legacy__").partition(":")
backend = importlib.import_module(module)
for attribute in filter(None, attributes.split(".")):
    backend = getattr(backend, attribute)
if not hasattr(backend, hook):
    sys.exit(f"rind why: {module} has no {hook}")
with open(control + "/input.json") as file:
    print(getattr(backend, hook)(**json.load(file)["kwargs"]))
)";

std::string dump(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// Adds `entries` of an array that are not in it.
void add_missing(Json& array, const Json& entries) {
  for (const auto& entry : entries) {
    if (std::find(array.begin(), array.end(), entry) == array.end()) array.push_back(entry);
  }
}

// All lines in one patch, but for the network: it gives more than what was denied.
Json merged(const std::vector<Cause>& causes) {
  Json all = Json::object();
  for (const auto& cause : causes) {
    if (cause.line.empty() || cause.weak) continue;
    Json patch = parse_json(cause.line, "the policy line");
    patch.erase("network");
    // A list of the policy replaces the whole list.
    if (patch.contains("devices") && all.contains("devices")) {
      add_missing(all["devices"], patch["devices"]);
      patch.erase("devices");
    }
    all.merge_patch(patch);
  }
  return all;
}

// The rule of the step's package with these changes; the changes themselves where it has no name.
Json rule_for(const Step& step, const Json& changes) {
  const std::optional<Distribution> package = distribution_of(step.package);
  if (!package) return changes;
  return {{"packages", {{package->name, {{"packages", {package->name}}, {"policy", changes}}}}}};
}

}  // namespace

std::vector<std::string> hook_command(const std::string& python, const std::string& hook,
                                      const std::string& control) {
  return {python, "-c", kCallHook, hook, control};
}

std::string why_text(const Plan&, const Step& step, const StepResult& result) {
  std::string out = step.hook.empty() ? "the " + to_string(step.kind) : step.hook;
  if (!step.package.empty()) out += " of " + step.package;
  out += " ended with " + ending(result.end.step.status) + ".\n";
  if (!result.untraced.empty()) {
    return printable(out.substr(0, out.size() - 1)) + "\n" +
           printable("What it was denied is not known: " + result.untraced) + "\n";
  }
  if (result.causes.empty()) {
    return printable(out.substr(0, out.size() - 1)) + "\nRind denied it nothing.\n";
  }
  std::vector<std::string> lines = {out.substr(0, out.size() - 1), "It could not:"};
  for (const auto& cause : result.causes) {
    lines.push_back("- " + cause.what + (cause.weak ? " (programs try this in passing)" : ""));
    if (!cause.line.empty()) lines.push_back("    allowed by: " + cause.line);
    if (!cause.also.empty()) lines.push_back("    " + cause.also);
  }
  const Json changes = merged(result.causes);
  if (!changes.empty()) {
    lines.emplace_back(
        "A file in /etc/rind/policy.d that allows what a policy can allow, from the next container "
        "on:");
    lines.push_back(dump(rule_for(step, changes)));
  }
  out.clear();
  for (const auto& line : lines) out += printable(line) + "\n";
  return out;
}

}  // namespace rind
