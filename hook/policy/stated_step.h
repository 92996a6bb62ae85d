// A step of a container that an operator describes, without a container: helper/plan plans it as it
// plans a real one. Pure.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/policy/policy.h"
#include "helper/plan/plan.h"

namespace rind {
class JsonObject;
}

namespace rind::hook {

using Variables = std::map<std::string, std::string>;

// What the plan depends on. Directories that the policy names are there, unless `absent` has them.
struct StatedContainer {
  unsigned user = 0;     // of the front end; one that is not root has no capabilities
  uint64_t ids = 65536;  // how many ids the container's user namespace has
  Variables environment, annotations;
  std::set<std::string> files;   // paths that are files, not directories
  std::set<std::string> absent;  // paths that do not exist
  std::vector<std::string>
      devices;  // relative to /dev, beside null, zero, full, random, urandom, tty
};
StatedContainer parse_container(JsonObject o);

// A build hook, an install, or another command, as Fromager calls it.
struct StatedStep {
  enum class Kind { kHook, kInstall, kCommand } kind = Kind::kHook;
  std::string hook, package, version;
  std::vector<std::string> command;
  Variables front_end;    // what the front end was started with, beside the container's
  Variables environment;  // what it set for this step
};
// Reads the keys of a step; `name` and `expect` are left to the caller.
StatedStep parse_step(JsonObject& o);

// The directories of a stated step.
inline constexpr const char* kStatedWork = "/work-dir";

struct StatedPlan {
  Policy policy;                   // with the rules that hold for the step
  std::vector<std::string> rules;  // their names
  Plan plan;
  Variables variables;             // with which the step is called
  std::set<std::string> narrowed;  // variables that narrow.environment took from the container
  std::string source;
};
// loaded: with the container's annotations applied. Throws Error for a step that is refused.
StatedPlan plan_stated(const LoadedPolicy& loaded, const StatedContainer& container,
                       const StatedStep& step);

}  // namespace rind::hook
