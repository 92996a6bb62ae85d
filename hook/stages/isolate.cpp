// Narrows a builder, and installs the kit in it.
#include "hook/stages/isolate.h"

#include <linux/capability.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "common/base/error.h"
#include "common/base/sys.h"
#include "common/kit/entry.h"
#include "common/kit/host_mounts.h"
#include "hook/container/privileges.h"
#include "hook/container/selinux.h"
#include "hook/decide/annotations.h"
#include "hook/decide/decide.h"
#include "hook/kit/entry_point.h"
#include "hook/kit/install.h"
#include "hook/kit/manifest.h"
#include "hook/kit/twins.h"
#include "hook/narrow/narrow.h"
#include "hook/stages/scripts.h"

namespace rind::hook {
namespace {

bool has_host_record(const Policy& policy) {
  return policy.record.place == RecordRules::Place::kHost;
}

// setns(2) needs SYS_ADMIN and SYS_CHROOT. The kit belongs to the container's root (SETUID,
// SETGID). A seam may be in a directory that only its owner can search (DAC_READ_SEARCH). A record
// file on the host belongs to the container's user (CHOWN). The map of a twin names uid 0
// (SETFCAP).
std::vector<unsigned> capabilities_for(const Policy& policy, bool twins) {
  std::vector<unsigned> capabilities = {CAP_SYS_ADMIN, CAP_SYS_CHROOT, CAP_SETUID, CAP_SETGID,
                                        CAP_DAC_READ_SEARCH};
  if (has_host_record(policy)) capabilities.push_back(CAP_CHOWN);
  if (twins) capabilities.push_back(CAP_SETFCAP);
  return capabilities;
}

// Adds the seams other than scripts: `unshare` if there is no script, and the interpreters.
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

KitContents make_contents(const KitPolicy& loaded, const State& state, const Config& config,
                          const Container& container) {
  KitContents contents;
  contents.policy = loaded.document;
  contents.checked = loaded.policy;
  contents.manifest = make_manifest(loaded.policy, config);
  contents.manifest.container = state.id;
  contents.leases = loaded.policy.leases;
  contents.devices = loaded.policy.devices;
  contents.owner = container.root_ids();
  contents.label = label_for(config);
  return contents;
}

void require_seams(const std::vector<FoundSeam>& seams, const Policy& policy,
                   const std::string& reason) {
  if (!seams.empty() || policy.containers.start_without_seam) return;
  throw Error(
      "isolate the builder container (" + reason + ")",
      "no seam was found in it: neither " + policy.seams.script_file + " nor unshare" +
          (policy.seams.interpreters ? " nor a Python interpreter" : ""),
      "add the script's directory to seams.script.directories in the policy, or an interpreter's "
      "path to seams.interpreter.paths; check that narrow.views do not hide them; or set "
      "containers.without_seam to \"start\"");
}

// If the policy removes variables that this container has, returns the kit's description of its
// first process, and adds the programs to cover for it to `seams`. A program that is a seam already
// is not added: its helper removes the variables, too.
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
  // The helper itself (`rind launch`) removes the variables.
  if (!config.arguments.empty() && config.arguments[0] == kit::kHelper) return entry;
  std::set<std::string> covered;
  for (const auto& seam : seams) covered.insert(sys::path_of(seam.file.get()));
  for (FoundSeam& found : find_entry(rootfs, config)) {
    if (covered.count(sys::path_of(found.file.get())) == 0) seams.push_back(std::move(found));
  }
  return entry;
}

}  // namespace

MountTables read_mount_tables(const Container& container, const MountTable& reader) {
  MountTables tables;
  tables.host = reader.list(sys::read_file("/proc/self/mountinfo", Container::kMountInfoLimit));
  tables.container_text = container.mount_info();
  tables.container = reader.list(tables.container_text);
  return tables;
}

std::vector<unsigned> isolating_capabilities(const Policy& policy, const Config& config) {
  return capabilities_for(policy, wants_twins(policy, config));
}

void isolate(Builder builder, MountTables tables, const HostPaths& paths, const MountTable& reader,
             Log& log) {
  const auto& [container, state, config, kit_policy, rootfs, scripts, why] = builder;
  const Policy& policy = kit_policy.policy;
  const bool twins = wants_twins(policy, config);
  log.open();
  container.require_own_mounts();
  require_isolable(policy.containers, config);
  std::vector<FoundSeam> seams = std::move(builder.scripts);
  add_other_seams(seams, rootfs, policy.seams, config);
  require_seams(seams, policy, why);

  KitContents contents = make_contents(kit_policy, state, config, container);
  contents.entry = narrow_entry(policy, config, container, rootfs, seams);
  const HostMounts host_mounts(policy.narrow, tables.host);
  HostView host(paths.helper, seams.size() + 1, host_mounts.devices);
  if (has_host_record(policy)) {
    host.record.emplace(policy.record.directory, record_file_name(state.id),
                        container.user_ids(config.user), contents.label);
  }

  container.join_mount_namespace();
  std::vector<unsigned> capabilities = {CAP_SYS_ADMIN, CAP_SETUID, CAP_SETGID, CAP_DAC_READ_SEARCH};
  if (twins) capabilities.push_back(CAP_SETFCAP);
  keep_capabilities(capabilities);
  const Narrowed narrowed =
      narrow(container, rootfs, policy.narrow, host_mounts, tables.container, contents.label);
  if (narrowed.changed()) {
    tables.container_text = container.mount_info();
    tables.container = reader.list(tables.container_text);
  }
  if (narrowed.covered()) {
    // A descriptor opened before leads to the file below the new cover: search again.
    seams = scripts_of(&container, rootfs, policy.seams, config, why, log);
    add_other_seams(seams, rootfs, policy.seams, config);
    require_seams(seams, policy, why);
    contents.entry = narrow_entry(policy, config, container, rootfs, seams);
  }
  contents.manifest.host_places = narrowed.host_places;
  const std::string top = sys::path_of(rootfs.top());
  // With CAP_SYS_ADMIN it mounts what it likes.
  contents.manifest.may_show_host =
      may_have_sys_admin(config) ||
      kit::may_show_host(tables.container_text, top, narrowed.host_places);
  // Now: the volumes have the attributes that the policy gives them.
  if (twins) {
    const auto volumes =
        volumes_of(tables.container, host_mounts.devices, narrowed.host_places, top);
    contents.twins = make_twins(container, rootfs, config, policy, volumes);
  }
  install_kit(container, rootfs, tables.container, std::move(contents), seams, host);
  if (host.record) host.record->keep();
  std::string reason = why;
  if (opts_out(policy.containers, state, config)) {
    reason += "; the annotation's value \"false\" does not change that";
  }
  log.info("the container's steps are isolated (" + printable(reason) + "), " +
           std::to_string(seams.size()) + " seam(s) covered; " + narrowed.summary());
}

}  // namespace rind::hook
