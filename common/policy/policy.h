// The policy: what the operator decides. A value, checked strictly when it is made.
//
// Defaults are in /usr/share/rind/policy.json and nowhere in the code; /etc/rind/policy.json and
// /etc/rind/policy.d/*.json are laid over them as JSON Merge Patches (RFC 7396). docs/policy.md
// explains every key.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/json_fwd.h"
#include "common/policy/seccomp_profile.h"
#include "common/policy/view.h"

namespace rind {

// Larger policies are refused, each file and all of them merged: 256 KiB is fifty times the
// defaults.
inline constexpr size_t kPolicyLimit = 256 * 1024;
// As the hook hands it to the helper: annotations, each with a limit of its own, come on top.
inline constexpr size_t kKitPolicyLimit = 2 * kPolicyLimit;

// Which containers are builders, and what becomes of odd ones. Read by the hook.
struct ContainerRules {
  std::string annotation;                // this annotation with the value "true" makes a builder
  std::vector<std::string> commands;     // wildcards over the arguments joined by spaces
  std::vector<std::string> environment;  // wildcards over NAME=VALUE
  bool seam = true;                      // a script seam in the rootfs makes a builder
  bool start_without_seam = false;       // a builder in which no seam is found
  bool start_privileged = false;         // a builder with CAP_SYS_ADMIN in its bounding set
  std::string host_name;                 // set at poststart; empty: left alone
};

// Where the hook looks for seams, and how calls through `unshare` are told from others.
struct SeamRules {
  std::string script_file;                      // below a search directory
  std::vector<std::string> script_directories;  // absolute, wildcards per component
  bool environment_prefixes = true;             // also the prefixes that PATH and VIRTUAL_ENV name
  uint64_t search_entries = 0;                  // directory entries looked at
  uint64_t search_milliseconds = 0;
  std::vector<std::string> unshare_paths;
  std::vector<std::vector<std::string>> unshare_calls;  // the options before the command
  bool interpreters = false;                            // cover the image's Python interpreters
  std::vector<std::string> interpreter_paths;           // absolute, wildcards per component
  // Directories of the environments that are the image's own, not a build's; wildcards likewise.
  std::vector<std::string> own_environments;
  SharedJson install_patch;  // laid over the policy for what writes in a build environment
};

// What the hook takes from a builder container as a whole, before it starts.
struct NarrowRules {
  std::vector<std::pair<std::string, ViewSpec>> views;  // of paths: ro, hidden or private
  // Of the mounts that come from the host.
  bool nosuid = false, nodev = false, noexec = false;
  bool hide_engine_sockets = true;
  std::vector<std::string> engine_sockets;  // paths of the host, with wildcards per component
  std::vector<std::string> environment;     // wildcards over the names of variables
};

// Rules for the step's environment, in the order in which they are asked.
struct EnvironmentRules {
  std::vector<std::string> always, keep, remove;
  // narrow.environment: what the container is not to have, its steps are not to have either. A
  // variable that comes in by another way (`podman exec --env`) has no value of the container's, so
  // that it would be taken for one that the front end added.
  std::vector<std::string> narrowed;
  bool remove_url_credentials = true;
  bool keep_by_default = true;
};

// How much the policy wants something that may not be had everywhere.
enum class Want { kNone, kPreferred, kRequired };
inline constexpr Name<Want> kWantNames[] = {
    {Want::kNone, "none"}, {Want::kPreferred, "preferred"}, {Want::kRequired, "required"}};
inline std::string to_string(Want want) { return name_of(kWantNames, want); }

struct IdentityRules {
  Want ephemeral = Want::kPreferred;  // a uid and gid of each step's own
  uint64_t first = 0;                 // the lowest of the ids to lease, where the container has it
};

enum class Network { kNone, kContainer };
inline constexpr Name<Network> kNetworkNames[] = {{Network::kNone, "none"},
                                                  {Network::kContainer, "container"}};
inline std::string to_string(Network network) { return name_of(kNetworkNames, network); }

// What a step may use up. Nothing: what the container allows.
struct LimitRules {
  std::optional<uint64_t> wall_clock;  // seconds
  uint64_t grace = 0;                  // seconds between SIGTERM and SIGKILL
  std::optional<uint64_t> processes, open_files;
  std::optional<uint64_t> address_space, core;  // bytes
  bool processes_required = false;              // an error where the kernel does not enforce it
  // Of a tree that is the step's while it runs: files and directories, and levels of the latter.
  std::optional<uint64_t> tree_entries, tree_depth;
};

// Where each step leaves a record.
struct RecordRules {
  enum class Place { kNone, kHost, kContainer } place = Place::kNone;
  static constexpr Name<Place> kPlaceNames[] = {
      {Place::kNone, "none"}, {Place::kHost, "host"}, {Place::kContainer, "container"}};
  std::string directory;
};

// Steps of some packages that get more, or less, than the others.
struct PackageRule {
  std::string name;                   // the rule's own, for people
  std::vector<std::string> packages;  // NAME or NAME==VERSION, with wildcards
  std::vector<std::string> hooks;     // wildcards over the hook's name; empty: every step
  SharedJson patch;                   // laid over the policy
};

// A policy by name, which an annotation of a container may choose.
struct PolicyChoice {
  std::string name;
  SharedJson patch;  // laid over the policy
};

struct Policy {
  ContainerRules containers;
  SeamRules seams;
  NarrowRules narrow;
  std::vector<PolicyChoice> choices;
  // Commands that are no step; "..." as the last word stands for any further arguments.
  std::vector<std::vector<std::string>> trusted;
  uint64_t leases = 0;
  IdentityRules identity;
  Network network = Network::kNone;
  LimitRules limits;
  SeccompProfile seccomp = SeccompProfile::kNative;
  std::vector<std::string> guarded_tools;  // names, with wildcards, that a build environment's
                                           // bin must not have
  RecordRules record;
  std::vector<PackageRule> packages;
  // Path, or $NAME for the value of a variable, to its view. A $NAME rule goes before a path rule.
  std::vector<std::pair<std::string, ViewSpec>> views;
  // Paths that no step sees anything of, whatever `views` and the rules of packages say.
  std::vector<std::string> hide;
  std::vector<std::string> devices;  // names below /dev
  Want terminals = Want::kPreferred;
  EnvironmentRules environment;
};

// Checks a merged policy and turns it into a value. origin: the file whose contents were laid on
// last, for messages. Throws Error naming the key path and what was expected.
Policy parse_policy(const Json& merged, const std::string& origin);

// The policy for a step of `package` ("" when unknown) that calls `hook` ("" for none): `document`
// with the patches of the package rules that match laid over it, in the order of their names.
// policy: what the document makes. applied: gets the names of those rules.
// Throws as parse_policy.
Policy policy_for_step(const Json& document, const Policy& policy, const std::string& package,
                       const std::string& hook, std::vector<std::string>& applied);

// The policy for pip and ensurepip of a build environment: with seams.interpreter.installs laid
// over it.
Policy policy_for_install(const Json& document);

// The files that make up a policy.
struct PolicyFiles {
  std::string defaults;   // e.g. /usr/share/rind/policy.json; must be there
  std::string directory;  // e.g. /etc/rind: policy.json and policy.d/*.json in it; may be absent
  bool directory_is_named = false;  // by whoever called: then the hook wants it to be there
};

// The operator's files that are there, in the order in which they are laid over the defaults.
// Throws SysError.
std::vector<std::string> operator_files(const PolicyFiles& files);

struct LoadedPolicy {
  SharedJson document;  // merged
  Policy policy;        // the same as a value
};

// `loaded` with what it offers under this name laid over it. Throws Error when it offers no such
// policy, naming those that it does.
LoadedPolicy policy_of_choice(const LoadedPolicy& loaded, const std::string& name);

// Reads and merges. Each file is laid over what came before and the result checked, so that an
// error names the file that brought it in. Throws Error also for a list that lacks entries of an
// earlier file of the operator's, and for a result that is larger than kPolicyLimit.
LoadedPolicy load_policy(const PolicyFiles& files);

}  // namespace rind
