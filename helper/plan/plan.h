// The whole sandbox of one step as a value. Pure function of policy, step and facts.
//
// `rind explain` prints it, the tests read it, helper/supervisor/supervisor.h executes it and
// decides nothing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/policy/policy.h"
#include "helper/facts/facts.h"
#include "helper/plan/environment.h"
#include "helper/plan/identity.h"
#include "helper/plan/namespaces.h"
#include "helper/step/call.h"
#include "helper/step/step.h"

namespace rind {

// One mount of the sandbox.
struct PlannedView {
  enum class Kind {
    kView,     // as `view` says
    kDevices,  // the minimal /dev
    kProc,     // a procfs of the step's own pid namespace
    kFile,     // a read-only file with `content`
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
  bool noexec = false;
  uint64_t directories = 0;                     // of a cow view: can be written to, at most
  CowFallback fallback = CowFallback::kRefuse;  // of a cow view that the kernel denies
  bool output = false;  // looked into when the step has ended: never left out
  std::string content;  // of a kFile
  bool directory = true;
  unsigned mode = 0755;  // of a private view's top
  std::string rule;      // which rule made it, for people
  std::vector<MountPoint> skeleton;
};

// A tree, or a file, that belongs to an ephemeral step while it runs.
struct LentTree {
  std::string path;  // canonical
  bool directory = true;
  // It may have files of third owners, which are the builder's afterwards: what the front end made
  // for this step. Else they are an error.
  bool made_for_step = true;
  // Where all of it belongs to one third owner, it is that owner's again afterwards.
  bool returned = false;
  bool guarded = true;  // the front end may call git in it (helper/supervisor/git_guard.h)
  // The front end removes it some day: the policy's limits of entries and depth hold.
  bool limited = false;
};

// A directory that the front end named for results; helper/outputs/collect.h says what is taken out
// of it. The step has a private one in its place, as a rule.
struct PlannedOutput {
  enum class Kind { kControl, kWheel, kSdist, kMetadata } kind = Kind::kControl;
  std::string name;          // the kwarg or option that named it
  std::string path;          // the real one, canonical
  bool in_place = false;     // no private directory: the step writes in the real one
  bool may_replace = false;  // an artefact that is there may be replaced by one of its name
  std::string project = {};  // else by one of the same project, "" for none
};
std::string to_string(PlannedOutput::Kind kind);

struct Plan {
  std::vector<PlannedView> views;        // outermost first
  std::vector<std::string> masked_proc;  // absolute, below /proc
  std::vector<std::string> devices;
  std::vector<Facts::Original> originals;  // programs that the step finds as they were
  Want terminals = Want::kPreferred;
  PlannedIdentity identity;
  // Inside and outside alike. Of an ephemeral identity: known when it has been leased.
  unsigned uid = 0, gid = 0;
  unsigned builder_uid = 0, builder_gid = 0;
  std::string user_name;  // "" until there is an identity, where it has no name
  Network network = Network::kNone;
  std::vector<NamespaceKind> namespaces = namespaces_of_step(Network::kNone);
  LimitRules limits;
  uint64_t pids_max = 0;  // of the container, where it lowers limits.processes; else 0
  SeccompProfile seccomp = SeccompProfile::kNative;
  std::vector<LentTree> lent;
  // Trees of packages that a step with a uid of its own must be able to read.
  std::vector<std::string> readable;
  // Caches of which files are linked into build environments, where the step sees them.
  std::vector<std::string> link_caches;
  // Of a step that is lent nothing: the directories that it may write, as lent ones would be.
  std::vector<std::string> guarded;
  // Environments in the sources, of which the front end may run the interpreters.
  std::vector<std::string> inner_environments;
  std::string package, hook;  // what the outputs are of
  std::vector<PlannedOutput> outputs;
  bool hash_outputs = false;        // for the record
  std::vector<std::string> rules;   // of the policy's `packages`, applied
  std::vector<std::string> absent;  // what the policy prefers, and is not given
  std::vector<std::string> closed;  // what the call names and the step cannot read, for people
  std::vector<std::string> command;
  std::vector<std::string> environment;  // NAME=VALUE, what the step gets
  std::vector<EnvironmentDecision> decisions;
  std::string cwd;
  bool null_stdin = false;
  bool keeps_terminal = false;  // a person's, who types to the step
};

// Throws Error when the policy asks for what cannot be: a view that would uncover a secret, an
// identity or a limit that this container cannot give. replace_policy: of the policy's views none
// holds, and the whole root is hidden but what `extra` and the step itself name.
Plan make_plan(const Policy& policy, const Call& call, const CallFacts& call_facts,
               const Step& step, const Facts& facts, const std::vector<ExtraView>& extra,
               bool replace_policy = false);

// Fills in what follows from the step's uid and gid: its name, in the environment and in passwd and
// group. For an ephemeral identity once it has been leased.
void apply_identity(Plan& plan, unsigned uid, unsigned gid);

// The view that decides how `path` (canonical) looks, or nullptr where the read-only root does.
const PlannedView* deciding_view(const Plan& plan, const std::string& path);

}  // namespace rind
