// prestart: is this container a builder, and if so, isolate its steps.
#include <fcntl.h>
#include <linux/capability.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "common/error.h"
#include "common/kit_entry.h"
#include "common/search.h"
#include "common/sys.h"
#include "hook/annotations.h"
#include "hook/container.h"
#include "hook/decide.h"
#include "hook/embedded_defaults.h"
#include "hook/entry_point.h"
#include "hook/kit_install.h"
#include "hook/log.h"
#include "hook/manifest.h"
#include "hook/narrow.h"
#include "hook/privileges.h"
#include "hook/selinux.h"
#include "hook/stages.h"

namespace rind::hook {
namespace {

// The policy as far as it can be had, or why there is none.
struct PolicyOrTrouble {
  std::optional<LoadedPolicy> loaded;
  std::string trouble;
};
PolicyOrTrouble try_policy(const PolicyFiles& files) {
  try {
    return {load_policy(files), {}};
  } catch (const Error& e) {
    return {std::nullopt, e.what()};
  }
}

// The file that the package installs, not a copy.
Policy embedded_defaults() {
  return parse_policy(parse_json(kEmbeddedDefaults, "the built-in defaults"),
                      "the built-in defaults");
}

bool is_builder_by_configuration(const Policy& defaults, const State& state, const Config& config) {
  return is_annotated(defaults.containers, state, config) || requires_hook(config) ||
         !asked_by_annotations(defaults.containers.annotation, state, config).empty();
}

// Without a policy nothing can be isolated, but most containers of a host are no builders. Those
// that are beyond doubt (our annotations, the helper as command, a script in the rootfs) are
// refused; the rest is let go. To know a seam, the defaults are used that were compiled in: the
// file that the package installs, not a copy.
void prestart_without_policy(const Container& container, const State& state, const Config& config,
                             const std::string& trouble) {
  const Policy defaults = embedded_defaults();
  bool refuse = is_builder_by_configuration(defaults, state, config);
  if (!refuse) {
    keep_capabilities({CAP_DAC_READ_SEARCH});
    const auto patterns =
        search_patterns(defaults.seams, config.environment, launched_command(config));
    try {
      refuse = !find_scripts(container.open_rootfs(config.root), defaults.seams, patterns).empty();
    } catch (const Error& e) {
      // Not found to be a builder: it starts, like every other one.
      log_warning(std::string("a container was not searched to the end: ") + e.what());
    }
  }
  open_log();
  if (refuse) {
    throw Error("start the builder container", "its policy cannot be used: " + trouble,
                "mend the file; no other container is affected");
  }
  log_warning("the policy cannot be used, builder containers are refused: " + trouble);
}

// Why the container is a builder, as far as that can be told without looking into it; "" when it is
// none. The engine has mounted the rootfs where the hook sees it, too, but not the container's
// volumes.
std::string reason_from_outside(const State& state, const Config& config, const HostPaths& paths) {
  PolicyOrTrouble tried = try_policy(paths.policy);
  Policy policy = embedded_defaults();
  std::string reason;
  if (tried.loaded) {
    ContainerPolicy own = policy_of_container(std::move(*tried.loaded), state, config);
    reason = own.reason;
    policy = std::move(own.loaded.policy);
  } else if (is_builder_by_configuration(policy, state, config)) {
    reason = "by its configuration";
  }
  if (!reason.empty() || !policy.containers.seam) return reason;
  keep_capabilities({CAP_DAC_READ_SEARCH});
  const Root rootfs(sys::open(AT_FDCWD, config.root, O_PATH | O_DIRECTORY));
  const auto patterns = search_patterns(policy.seams, config.environment, launched_command(config));
  return find_scripts(rootfs, policy.seams, patterns).empty() ? "" : "seam in the rootfs";
}

bool has_host_record(const Policy& policy) {
  return policy.record.place == RecordRules::Place::kHost;
}

// setns(2) wants SYS_ADMIN and SYS_CHROOT; the kit belongs to the container's root (SETUID,
// SETGID); a seam may lie in a directory that only its owner may search; a record file on the host
// belongs to the container's user (CHOWN).
std::vector<unsigned> capabilities_for(const Policy& policy) {
  std::vector<unsigned> capabilities = {CAP_SYS_ADMIN, CAP_SYS_CHROOT, CAP_SETUID, CAP_SETGID,
                                        CAP_DAC_READ_SEARCH};
  if (has_host_record(policy)) capabilities.push_back(CAP_CHOWN);
  return capabilities;
}

// What is to be covered beside the scripts that were found.
void add_other_seams(std::vector<FoundSeam>& seams, const Root& rootfs, const SeamRules& rules,
                     const Config& config) {
  if (seams.empty()) seams = find_unshare(rootfs, rules);
  if (!rules.interpreters) return;
  std::vector<std::string> prefixes;
  if (rules.environment_prefixes) {
    prefixes =
        container_prefixes(config.environment, launched_command(config), rules.search_entries);
  }
  for (auto& seam : find_interpreters(rootfs, rules, prefixes)) seams.push_back(std::move(seam));
}

KitContents make_contents(const LoadedPolicy& loaded, const Config& config,
                          const Container& container) {
  KitContents contents;
  contents.policy = loaded.document.dump();
  contents.manifest = make_manifest(loaded.policy, config);
  contents.leases = loaded.policy.leases;
  contents.owner = container.root_ids();
  contents.label = label_for(config);
  return contents;
}

void require_seams(const std::vector<FoundSeam>& seams, const Policy& policy,
                   const std::string& reason) {
  if (!seams.empty() || policy.containers.start_without_seam) return;
  throw Error("isolate the builder container (" + reason + ")",
              "no seam was found in it: neither " + policy.seams.script_file + " nor unshare",
              "add its directory to seams.script.directories in the policy, see that narrow.views "
              "do not hide it, or set containers.without_seam to \"start\"");
}

// Where the policy names variables that this container has: what the kit says of its first process,
// and in `seams` the programs to cover for it. One that is a seam already is covered once: the
// helper narrows first, whatever it then does with the call.
std::optional<kit::Entry> narrow_entry(const Policy& policy, const Config& config,
                                       const Container& container, const Root& rootfs,
                                       std::vector<FoundSeam>& seams) {
  kit::Entry entry;
  entry.drop = policy.narrow.environment;
  const auto is_dropped = [&](const std::string& variable) {
    return kit::is_dropped(entry.drop, variable);
  };
  if (std::none_of(config.environment.begin(), config.environment.end(), is_dropped)) {
    return std::nullopt;
  }
  const Container::FirstProcess first = container.first_process();
  entry.pid = first.pid;
  entry.pid_namespace = first.pid_namespace;
  // `rind launch` is the helper, and narrows by itself.
  if (!config.arguments.empty() && config.arguments[0] == kit::kHelper) return entry;
  std::set<std::string> covered;
  for (const auto& seam : seams) covered.insert(sys::path_of(seam.file.get()));
  for (FoundSeam& found : find_entry(rootfs, config, policy.seams.search_milliseconds)) {
    if (covered.count(sys::path_of(found.file.get())) == 0) seams.push_back(std::move(found));
  }
  return entry;
}

}  // namespace

void prestart_unseen(const State& state, const HostPaths& paths, const CannotLook& denied) {
  const Config config = read_config(state.bundle);
  const std::string reason = reason_from_outside(state, config, paths);
  if (reason.empty()) return;
  open_log();
  throw Error("isolate the builder container (" + reason + ")", denied.why(), denied.remedy());
}

void prestart(const Container& container, const State& state, const HostPaths& paths) {
  const Config config = read_config(state.bundle);
  PolicyOrTrouble tried = try_policy(paths.policy);
  if (!tried.loaded) return prestart_without_policy(container, state, config, tried.trouble);
  const ContainerPolicy own = policy_of_container(std::move(*tried.loaded), state, config);
  const Policy& policy = own.loaded.policy;

  std::string reason = own.reason;
  if (reason.empty() && !policy.containers.seam) return;

  keep_capabilities(capabilities_for(policy));
  const Root rootfs = container.open_rootfs(config.root);
  const std::vector<std::string> patterns =
      search_patterns(policy.seams, config.environment, launched_command(config));
  std::vector<FoundSeam> seams = find_scripts(rootfs, policy.seams, patterns);
  if (reason.empty() && seams.empty()) return;  // no builder: nothing was touched
  if (reason.empty()) reason = "seam in the rootfs";

  open_log();
  require_isolable(policy.containers, config);
  add_other_seams(seams, rootfs, policy.seams, config);
  require_seams(seams, policy, reason);

  KitContents contents = make_contents(own.loaded, config, container);
  contents.entry = narrow_entry(policy, config, container, rootfs, seams);
  HostView host(paths.helper, seams.size() + 1);
  if (has_host_record(policy)) {
    host.record.emplace(policy.record.directory, record_file_name(state.id),
                        container.user_ids(config.user), contents.label);
  }

  const HostMounts host_mounts(policy.narrow, host.mount_table);

  container.join_mount_namespace();
  keep_capabilities({CAP_SYS_ADMIN, CAP_SETUID, CAP_SETGID, CAP_DAC_READ_SEARCH});
  const Narrowed narrowed =
      narrow(container, rootfs, policy.narrow, host_mounts, host.mount_table, contents.label);
  if (narrowed.covered()) {
    // A descriptor from before leads beneath what covers it now.
    seams = find_scripts(rootfs, policy.seams, patterns);
    add_other_seams(seams, rootfs, policy.seams, config);
    require_seams(seams, policy, reason);
    contents.entry = narrow_entry(policy, config, container, rootfs, seams);
  }
  contents.manifest.host_places = narrowed.host_places;
  install_kit(container, rootfs, std::move(contents), seams, host);
  if (host.record) host.record->keep();
  log_info("isolating the steps of the container in " + printable(state.bundle) + " (" + reason +
           "), " + std::to_string(seams.size()) + " seam(s) covered; " + narrowed.summary());
}

}  // namespace rind::hook
