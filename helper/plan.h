// The whole sandbox of one step as a value. Pure function of policy, step and facts.
//
// `rind explain` prints it, the tests read it, helper/sandbox.h executes it and decides nothing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/policy.h"
#include "helper/call.h"
#include "helper/environment.h"
#include "helper/facts.h"
#include "helper/step.h"

namespace rind {

// One mount of the sandbox.
struct PlannedView {
  enum class Kind {
    kView,     // as `view` says
    kDevices,  // the minimal /dev
    kProc,     // a procfs of the step's own pid namespace
  };
  // Something that must exist in an empty view: what a view further in is mounted on, or a link on
  // the way to it.
  struct MountPoint {
    std::string path;  // relative
    enum Type { kDirectory, kFile, kLink } type = kDirectory;
    std::string target;  // of a link
  };

  std::string path;  // canonical
  Kind kind = Kind::kView;
  View view = View::kRo;
  Backing backing = Backing::kMemory;
  uint64_t size = 0;
  bool directory = true;
  unsigned mode = 0755;  // of a private view's top
  std::string rule;      // which rule made it, for people
  std::vector<MountPoint> skeleton;
};

struct Plan {
  std::vector<PlannedView> views;        // outermost first
  std::vector<std::string> masked_proc;  // absolute, below /proc
  std::vector<std::string> devices;
  Policy::Terminals terminals = Policy::Terminals::kPreferred;
  unsigned uid = 0, gid = 0;  // inside and outside alike: identity `self`
  std::vector<std::string> command;
  std::vector<std::string> environment;  // NAME=VALUE, what the step gets
  std::vector<EnvironmentDecision> decisions;
  std::string cwd;
  bool null_stdin = false;
};

// Views that `rind run` was told to add; they go before the policy's.
struct ExtraView {
  std::string path;  // canonical
  View view = View::kRo;
  bool directory = true;
};

// Throws Error when the policy asks for what cannot be: a view that would uncover a secret, or no
// right to keep the own number.
Plan make_plan(const Policy& policy, const Call& call, const CallFacts& call_facts,
               const Step& step, const Facts& facts, const std::vector<ExtraView>& extra);

// The view that decides how `path` (canonical) looks, or nullptr where the read-only root does.
const PlannedView* deciding_view(const Plan& plan, const std::string& path);

}  // namespace rind
