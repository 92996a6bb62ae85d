// The policy: the operator's decisions, as a value that was checked strictly when it was parsed.
//
// The defaults are in /usr/share/rind/policy.json, not in the code. /etc/rind/policy.json and
// /etc/rind/policy.d/*.json are applied to them as JSON Merge Patches (RFC 7396). docs/policy.md
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

// The limit in bytes for each file and for the merged policy: fifty times the defaults.
inline constexpr size_t kPolicyLimit = 256 * 1024;
// The limit in bytes for the policy in the kit. Annotations, which have their own limits, make it
// larger than the host's policy.
inline constexpr size_t kKitPolicyLimit = 2 * kPolicyLimit;

// Which containers are builders, and which of them may start. Read by the hook.
struct ContainerRules {
  std::string annotation;                // the value "true" of this annotation makes a builder
  std::vector<std::string> commands;     // wildcards, matched with the arguments joined by spaces
  std::vector<std::string> environment;  // wildcards, matched with each NAME=VALUE
  bool seam = true;                      // a script seam in the rootfs makes a builder
  bool start_without_seam = false;       // start builders in which no seam is found
  bool start_privileged = false;         // start builders with CAP_SYS_ADMIN in the bounding set
  std::string host_name;                 // set at poststart; empty: not changed
  bool operator==(const ContainerRules&) const = default;
};

// Where the hook looks for seams, and which calls of `unshare` are build steps.
struct SeamRules {
  std::string script_file;                      // relative to a search directory
  std::vector<std::string> script_directories;  // absolute, wildcards per component
  bool environment_prefixes = true;             // also search the prefixes in PATH and VIRTUAL_ENV
  uint64_t search_entries = 0;                  // limit of directory entries to examine
  uint64_t search_milliseconds = 0;
  std::vector<std::string> unshare_paths;
  std::vector<std::vector<std::string>> unshare_calls;  // the options before the command
  bool interpreters = false;                            // cover the image's Python interpreters
  std::vector<std::string> interpreter_paths;           // absolute, wildcards per component
  // Directories of Python environments that belong to the image, not to a build; absolute,
  // wildcards per component.
  std::vector<std::string> own_environments;
  // Calls of the image's own interpreters that do not run: a script's name or -m MODULE, then
  // words.
  std::vector<std::vector<std::string>> refused_calls;
  SharedJson install_patch;  // applied to the policy for steps that write in a build environment
  std::vector<std::string> install_written;  // the keys of views that it makes rw
  bool operator==(const SeamRules&) const = default;
};

// The restrictions that the hook puts on a whole builder container before it starts.
struct NarrowRules {
  std::vector<std::pair<std::string, ViewSpec>> views;  // path and view: ro, hidden or private
  // Attributes to set on the mounts that come from the host.
  bool nosuid = false, nodev = false, noexec = false;
  bool hide_engine_sockets = true;
  std::vector<std::string> engine_sockets;  // paths on the host, wildcards per component
  std::vector<std::string> environment;     // wildcards, matched with the names of variables
  bool operator==(const NarrowRules&) const = default;
};

// Rules for a step's environment variables, in the order in which they apply.
struct EnvironmentRules {
  std::vector<std::string> always, keep_also, keep, remove;
  // Names that look like credentials. They are dropped, unless the front end set the variable for
  // this step.
  std::vector<std::string> remove_inherited;
  // narrow.environment also holds for steps. Without this rule, a variable that is set by `podman
  // exec --env` would look like one that the front end added.
  std::vector<std::string> narrowed;
  bool remove_url_credentials = true;
  bool keep_by_default = true;
  bool operator==(const EnvironmentRules&) const = default;
};

// Whether the policy wants a feature that some containers cannot provide.
enum class Want { kNone, kPreferred, kRequired };
inline constexpr Name<Want> kWantNames[] = {
    {Want::kNone, "none"}, {Want::kPreferred, "preferred"}, {Want::kRequired, "required"}};
inline std::string to_string(Want want) { return name_of(kWantNames, want); }

struct IdentityRules {
  Want ephemeral = Want::kPreferred;  // each step gets its own uid and gid
  uint64_t first = 0;                 // the lowest id to lease, if the container has it
  bool operator==(const IdentityRules&) const = default;
};

// How a tree becomes the step's while it runs.
struct LendRules {
  // By an id-mapped mount of its volume, where the hook could make one. Otherwise file by file.
  Want idmapped = Want::kPreferred;
  bool operator==(const LendRules&) const = default;
};

enum class Network { kNone, kContainer };
inline constexpr Name<Network> kNetworkNames[] = {{Network::kNone, "none"},
                                                  {Network::kContainer, "container"}};
inline std::string to_string(Network network) { return name_of(kNetworkNames, network); }

// Limits of a step. A limit without a value: the container's limit holds.
struct LimitRules {
  std::optional<uint64_t> wall_clock;  // seconds
  uint64_t grace = 0;                  // seconds between SIGTERM and SIGKILL
  std::optional<uint64_t> processes, open_files;
  std::optional<uint64_t> address_space, core;  // bytes
  bool processes_required = false;              // an error if the kernel does not enforce the limit
  // For a tree that belongs to the step while it runs: the number of files and directories, and how
  // deep directories may be nested.
  std::optional<uint64_t> tree_entries, tree_depth;
  // Seconds: a step that fails within them is run again under a tracer. 0: none is.
  uint64_t traced_rerun = 0;
  bool operator==(const LimitRules&) const = default;
};

// Where the record of each step is written.
struct RecordRules {
  enum class Place { kNone, kHost, kContainer } place = Place::kNone;
  static constexpr Name<Place> kPlaceNames[] = {
      {Place::kNone, "none"}, {Place::kHost, "host"}, {Place::kContainer, "container"}};
  std::string directory;
  bool operator==(const RecordRules&) const = default;
};

// Changes to the policy for the steps of some packages.
struct PackageRule {
  std::string name;                   // of the rule, for people
  std::vector<std::string> packages;  // NAME or NAME==VERSION, with wildcards
  std::vector<std::string> hooks;     // wildcards, matched with the hook's name; empty: every step
  std::vector<std::string> written;   // the keys of views that `patch` makes rw
  SharedJson patch;                   // applied to the policy
  bool operator==(const PackageRule&) const = default;
};

// A named policy that an annotation of a container can choose.
struct PolicyChoice {
  std::string name;
  SharedJson patch;  // applied to the policy
  bool operator==(const PolicyChoice&) const = default;
};

struct Policy {
  ContainerRules containers;
  SeamRules seams;
  NarrowRules narrow;
  std::vector<PolicyChoice> choices;
  // Commands that run without isolation; "..." as the last word matches any further arguments.
  std::vector<std::vector<std::string>> trusted;
  uint64_t leases = 0;
  IdentityRules identity;
  LendRules lend;
  Network network = Network::kNone;
  LimitRules limits;
  SeccompProfile seccomp = SeccompProfile::kNative;
  // Names of programs, with wildcards, that must not be in a build environment's bin.
  std::vector<std::string> guarded_tools;
  RecordRules record;
  std::vector<PackageRule> packages;
  // A path, or $NAME for the value of a variable, and its view. A $NAME rule overrides a path rule.
  std::vector<std::pair<std::string, ViewSpec>> views;
  // Paths that are hidden from every step. `views` and package rules cannot override this.
  std::vector<std::string> hide;
  // Names of other distributions, with wildcards, that the artefacts of a step may have.
  std::vector<std::string> artefact_names;
  std::vector<std::string> devices;  // relative to /dev, wildcards per component
  Want terminals = Want::kPreferred;
  EnvironmentRules environment;
  bool operator==(const Policy&) const = default;
};

// Checks a merged policy and turns it into a value. origin: the file that was applied last, for
// messages. Throws an Error that names the key path and the expected value.
Policy parse_policy(const Json& merged, const std::string& origin);

// The names of the rules of `packages` that hold for a step of `package` ("" when unknown) that
// calls `hook` ("" for none), in the order in which they apply. Pure.
std::vector<std::string> rules_for_step(const Policy& policy, const std::string& package,
                                        const std::string& hook);

// `document` with the patches of these rules. Throws as parse_policy.
Policy policy_with_rules(const Json& document, const std::vector<std::string>& rules);

// The policy for pip and ensurepip of a build environment: `document` with
// seams.interpreter.installs applied to it.
Policy policy_for_install(const Json& document);

// The files that make up a policy.
struct PolicyFiles {
  std::string defaults;   // e.g. /usr/share/rind/policy.json; must exist
  std::string directory;  // e.g. /etc/rind, with policy.json and policy.d/*.json; may be missing
  bool directory_is_named = false;  // --config names it: then it must exist
};

// The operator's files that exist, in the order in which they are applied. Throws SysError.
std::vector<std::string> operator_files(const PolicyFiles& files);

struct LoadedPolicy {
  SharedJson document;  // merged
  Policy policy;        // the parsed document
};

// `loaded` with its choice `name` applied. Throws Error when it has no such choice; the Error names
// its choices.
LoadedPolicy policy_of_choice(const LoadedPolicy& loaded, const std::string& name);

// Reads and merges the files. The result is checked after each file, so that an error names the
// file that caused it. Also throws Error when a list lacks entries of the same list in an earlier
// operator's file, and when the result is larger than kPolicyLimit.
LoadedPolicy load_policy(const PolicyFiles& files);

}  // namespace rind
