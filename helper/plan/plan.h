// The whole sandbox of one step as a value: a pure function of policy, step and facts.
//
// `rind explain` prints it, the tests read it, helper/supervisor/supervisor.h executes it and
// decides nothing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/policy/policy.h"
#include "helper/facts/facts.h"
#include "helper/plan/devices.h"
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
  // An entry that must exist in an empty view: the mount point of a view further inside, or a link
  // on the way to it.
  struct MountPoint {
    std::string path;  // relative
    enum Type { kDirectory, kFile, kLink } type = kDirectory;
    std::string target;  // of a link; for a file: its content, and it is the step's own
  };

  std::string path;  // canonical
  Kind kind = Kind::kView;
  View view = View::kRo;
  Backing backing = Backing::kMemory;
  uint64_t size = 0;
  bool noexec = false;
  uint64_t directories = 0;  // of a cow view: at most so many are writable
  bool front_ends = false;   // a cache that front ends fill: builds do not write to it
  CowFallback fallback = CowFallback::kRefuse;  // of a cow view that the kernel denies
  bool output = false;   // the supervisor reads it after the step: never omitted
  std::string content;   // of a kFile
  int64_t modified = 0;  // of a kFile: its time, in seconds; 0 for now
  bool directory = true;
  unsigned mode = 0755;  // of a private view's top
  std::string rule;      // the rule that made it, for people
  // Inside a private view: the directories on the way to it stay private. Otherwise a write beside
  // it fails: it would be lost.
  bool way_is_private = false;
  bool made = false;  // the directory does not exist yet; the build would make it
  std::vector<MountPoint> skeleton;
};

// A tree or file that belongs to an ephemeral step while it runs.
struct LentTree {
  std::string path;  // canonical
  bool directory = true;
  // The sources or another part of the call: files of third owners are lent, too. Otherwise such
  // files are an error.
  bool made_for_step = true;
  bool guarded = true;  // the front end may call git in it (helper/supervisor/git_guard.h)
  // A mount inside of another lent tree. What other users may not read in it stays the builder's:
  // it may be a secret.
  bool is_inner_mount = false;
  // The policy's limits of entries and depth apply: the front end has to remove it some day.
  bool limited = false;
};

// A directory that the front end named for results; helper/outputs/collect.h says what is taken
// from it. Usually the step has a private directory in its place.
struct PlannedOutput {
  enum class Kind { kControl, kWheel, kSdist, kMetadata } kind = Kind::kControl;
  std::string name;          // the kwarg or option that named it
  std::string path;          // the real one, canonical
  bool in_place = false;     // no private directory: the step writes in the real one
  bool may_replace = false;  // an artefact may replace one of the same name
  std::string project = {};  // otherwise: one of the same project may; "" for none
};
std::string to_string(PlannedOutput::Kind kind);

// A directory in which the step writes beside what is there. It has a private directory in its
// place; helper/outputs/release.h says what leaves that.
struct PlannedCapture : Step::Capture {
  std::vector<std::string> copies;  // names of entries of which the step gets copies
  bool may_replace = false;         // an artefact may replace one of the same name
  bool any_package = false;         // artefacts of other packages may leave, too: pip download
};

// A lent tree that the step sees in the twin of its volume (common/kit/manifest.h): nothing in it
// changes its owner.
struct PlannedTwin {
  std::string tree;   // canonical
  std::string top;    // of the twin, in the kit
  std::string below;  // the tree in it, relative; "" for the top
};

struct Plan {
  std::vector<PlannedView> views;        // outermost first
  std::vector<std::string> masked_proc;  // absolute, below /proc
  PlannedDevices devices;
  std::vector<Facts::Original> originals;  // covered programs: the step sees the originals
  Want terminals = Want::kPreferred;
  PlannedIdentity identity;
  // The step's ids as the container sees them: the owner of its processes and files. For an
  // ephemeral identity they are known once it is leased.
  unsigned uid = 0, gid = 0;
  unsigned builder_uid = 0, builder_gid = 0;
  // What the step's ids are inside: programs find the same user with Rind as without, and results
  // do not show the lease. The builder's, or root where the front end's own isolation maps root.
  unsigned inner_uid = 0, inner_gid = 0;
  Network network = Network::kNone;
  std::vector<NamespaceKind> namespaces = namespaces_of_step(Network::kNone);
  LimitRules limits;
  uint64_t pids_max = 0;  // of the container, where it lowers limits.processes; else 0
  SeccompProfile seccomp = SeccompProfile::kNative;
  std::vector<LentTree> lent;
  std::vector<PlannedTwin> twins;  // of trees in `lent`; known once the identity is leased
  // Trees of packages that a step with its own uid must be able to read.
  std::vector<std::string> readable;
  // Where the step may leave compiled modules (helper/supervisor/pycaches.h).
  std::vector<std::string> package_directories;
  // Caches from which files are linked into build environments, if the step sees them.
  std::vector<std::string> link_caches;
  // For a step with the builder's uid: the trees that it may write, guarded like lent ones.
  std::vector<std::string> guarded;
  // The tops of the sources and of their repository, and its git directories: the step sees their
  // files without credentials (helper/supervisor/credential_covers.h).
  std::vector<std::string> projects, git_directories;
  // Environments in the sources; the front end may run their interpreters.
  std::vector<std::string> inner_environments;
  std::string package, hook;  // whose outputs these are
  std::vector<PlannedOutput> outputs;
  std::vector<PlannedCapture> captures;
  // Files that it leaves in private directories may be its results: they are named.
  bool tells_left = false;
  std::vector<std::string> artefact_names;  // Policy::artefact_names
  bool recorded = false;                    // a record is written: with hashes and counters
  std::vector<std::string> rules;           // the applied rules of the policy's `packages`
  std::vector<std::string> absent;          // what the policy prefers and the step does not get
  std::vector<std::string> closed;  // paths of the call that the step cannot read, for people
  // What variables and arguments name and the step cannot use, for the line of a failed step.
  std::vector<std::string> in_vain;
  std::string other_home;  // the builder's in /etc/passwd, where the step's is HOME instead
  std::vector<std::string>
      withheld;  // variables that were set for the step and dropped, for people
  std::vector<std::string> command;
  // What executes the command, which is the last of its arguments; empty: the command itself.
  std::vector<std::string> starter;
  std::vector<std::string> environment;  // NAME=VALUE, what the step gets
  std::vector<EnvironmentDecision> decisions;
  std::string cwd;
  bool null_stdin = false;
  bool reads_pipe = false;      // it may get requests by standard input, which Rind does not read
  bool keeps_terminal = false;  // a person types to the step
  bool traced = false;          // its failed system calls are noted (helper/trace)
};

// Throws Error for a policy that cannot be met: a view that would uncover a secret, or an identity
// or limit that this container cannot give. replace_policy: ignore the policy's views and hide the
// whole root, except what `extra` and the step itself name.
Plan make_plan(const Policy& policy, const Call& call, const CallFacts& call_facts,
               const Step& step, const Facts& facts, const std::vector<ExtraView>& extra,
               bool replace_policy = false);

// The view that decides how `path` (canonical) looks; nullptr where the read-only root does.
const PlannedView* deciding_view(const Plan& plan, const std::string& path);
const PlannedView* deciding_view(const std::vector<PlannedView>& views, const std::string& path);

}  // namespace rind
