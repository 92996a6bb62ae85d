#include "hook/status/status.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <optional>
#include <set>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/base/json.h"
#include "common/base/look.h"
#include "common/base/names.h"
#include "common/base/own_identity.h"
#include "common/base/sys.h"
#include "common/kit/faults.h"
#include "common/kit/find_seams.h"
#include "hook/container/container.h"
#include "hook/decide/annotations.h"
#include "hook/decide/decide.h"
#include "hook/decide/host_policy.h"
#include "hook/log/refusals.h"

namespace rind::hook {
namespace {

using Kit = BuilderStatus::Kit;
using PolicyState = BuilderStatus::PolicyState;

// Reads a file of the kit. Throws Error unless it is in the kit's own mount.
std::string read_kit_file(const Root& root, const std::string& path, uint64_t kit_mount,
                          size_t limit) {
  const Fd file = root.open(UntrustedPath(path), O_RDONLY | O_NONBLOCK);
  if (sys::mount_place(file.get(), path).mount_id != kit_mount) {
    throw Error("read " + path, "another mount covers it", "recreate the container");
  }
  return sys::read_all(file.get(), limit, path);
}

// Why the container's record on the host is not the file that it writes; "" where it is. policy:
// the kit's. id: the container's.
std::string record_fault(const Root& root, const std::string& policy, const std::string& id) {
  const Json record = parse_json(policy, kit::kPolicy).at("record");
  if (record.at("place") != "host" || id.empty()) return {};
  const std::string path = record.at("directory").get<std::string>() + "/" + record_file_name(id);
  const Fd written = root.open(UntrustedPath(kit::kRecord), O_PATH);
  const struct stat its = sys::stat_fd(written.get(), kit::kRecord);
  if (its.st_nlink == 0) return "its record " + path + " was removed: no step of it starts";
  struct stat named = {};
  const bool there = sys::try_lstat(path, named);
  if (there && named.st_dev == its.st_dev && named.st_ino == its.st_ino) return {};
  return "its record was moved away from " + path + ", and the container still writes to it";
}

// Finds the kit's faults, and the scripts that the helper does not cover.
void examine_kit(BuilderStatus& status, const Root& root, const std::vector<MountInfo>& mounts,
                 const MountInfo& kit, const std::vector<std::string>& scripts,
                 const Json& policy) {
  const Json document =
      parse_json(read_kit_file(root, kit::kManifest, kit.id, kit::kManifestLimit), kit::kManifest);
  const kit::Manifest manifest = kit::parse_manifest(document, kit::kManifest);
  for (const auto& fault : kit::mount_faults(manifest, mounts)) {
    status.faults.push_back(fault.error.what());
  }
  std::set<std::string> covered;
  for (const auto& seam : manifest.seams) covered.insert(seam.path);
  for (const auto& script : scripts) {
    if (!covered.contains(script)) {
      status.faults.push_back("the script " + script + " is not covered by the helper");
    }
  }
  const std::string in_effect = read_kit_file(root, kit::kPolicy, kit.id, kPolicyLimit);
  const std::string record = record_fault(root, in_effect, status.container.id);
  if (!record.empty()) status.faults.push_back(record);
  status.policy = sha256_hex(in_effect) == sha256_hex(policy.dump()) ? PolicyState::kSame
                                                                     : PolicyState::kDiffers;
  status.kit = status.faults.empty() ? Kit::kWhole : Kit::kDamaged;
}

std::vector<std::string> find_script_paths(const Root& root, const SeamRules& rules,
                                           const Config& config) {
  std::vector<std::string> paths;
  const auto patterns = search_patterns(rules, config.environment, launched_command(config));
  for (const auto& seam : find_scripts(root, rules, patterns)) {
    paths.push_back(sys::path_of(seam.file.get()));
  }
  return paths;
}

bool is_kit(const MountInfo* mount) {
  return mount != nullptr && mount->type == "tmpfs" && mount->source == kit::kName;
}

// The policy that the container would get now, and why it is a builder.
ContainerPolicy policy_now(const LoadedPolicy& policy, const Config& config) {
  State state;
  state.annotations = config.annotations;  // runtimes repeat them
  return policy_of_container(policy, state, config);
}

// Why the container is a builder; "" when it is not. reason: from config.json alone.
std::string reason_of(std::string reason, const Policy& policy,
                      const std::vector<std::string>& scripts, bool has_kit) {
  if (reason.empty() && !scripts.empty() && (policy.containers.seam || has_kit)) {
    reason = "seam in the rootfs";
  }
  return reason.empty() && has_kit ? "it has a kit" : reason;
}

// The text of /proc/PID/NAME.
std::string process_file(pid_t pid, const std::string& name) {
  constexpr size_t kLimit = 64 * 1024;
  return sys::read_file("/proc/" + std::to_string(pid) + "/" + name, kLimit);
}

// Why steps keep the builder's uid. Examines the container's first process: front ends are its
// descendants.
std::string without_identity(pid_t pid, const Policy& policy) {
  if (policy.identity.ephemeral == Want::kNone) return {};
  constexpr std::string_view kEffective = "\nCapEff:\t";
  const std::string status = process_file(pid, "status");
  const size_t at = status.find(kEffective);
  if (at == std::string::npos) return {};
  const std::string lacking =
      lacking_capability(std::strtoull(status.c_str() + at + kEffective.size(), nullptr, 16));
  if (!lacking.empty()) return "its first process lacks " + lacking;
  const bool has_ids =
      !lease_ids(parse_id_map(process_file(pid, "uid_map")),
                 parse_id_map(process_file(pid, "gid_map")), policy.identity.first, policy.leases)
           .empty();
  return has_ids ? "" : "its user namespace has no id for a step";
}

std::optional<BuilderStatus> examine(const Running& container, const LoadedPolicy& policy) {
  const Container held = Container::hold(container.pid);
  if (!held.has_pivoted()) return std::nullopt;  // not started yet
  const std::vector<MountInfo> mounts = parse_mountinfo(held.mount_info());
  // The /dev of a step is mounted like a kit: this is a step, not a container.
  if (is_kit(mount_at(mounts, "/dev"))) return std::nullopt;
  const MountInfo* kit = mount_at(mounts, kit::kDirectory);
  bool from_bundle = false;
  const Config config = config_of(container, from_bundle);
  // The kit's policy includes the effect of the container's annotations.
  const ContainerPolicy own = policy_now(policy, config);
  const Policy& rules = own.loaded.policy;
  const Root root = held.open_root();
  const auto scripts = find_script_paths(root, rules.seams, config);

  BuilderStatus status;
  status.container = container;
  status.reason = reason_of(own.reason, rules, scripts, is_kit(kit));
  if (status.reason.empty()) return std::nullopt;
  if (!from_bundle) status.reason += " (its config.json cannot be read)";
  status.since = started_at(container.pid);
  if (is_kit(kit)) {
    status.without_identity = without_identity(container.pid, rules);
    try {
      examine_kit(status, root, mounts, *kit, scripts, *own.loaded.document);
    } catch (const Error& e) {
      status.faults.emplace_back(e.what());
      status.kit = Kit::kDamaged;
    }
  }
  held.require_alive();
  return status;
}

Json to_json(const BuilderStatus& status) {
  return {{"id", status.container.id},
          {"engine", status.container.engine},
          {"bundle", status.container.bundle},
          {"pid", status.container.pid},
          {"since", status.since},
          {"reason", status.reason},
          {"kit", to_string(status.kit)},
          {"faults", status.faults},
          {"without_identity", status.without_identity},
          {"policy", to_string(status.policy)}};
}

std::string or_dash(const std::string& text) { return text.empty() ? "-" : printable(text); }

std::string to_text(const BuilderStatus& status) {
  constexpr size_t kShortId = 12;
  std::string text =
      "kit " + to_string(status.kit) + "  " + or_dash(status.container.id.substr(0, kShortId)) +
      "  " + or_dash(status.container.engine) + "  pid " + std::to_string(status.container.pid) +
      "  since " + or_dash(status.since) + "  " + printable(status.reason);
  if (status.policy == PolicyState::kDiffers) text += "  (the policy has changed since its start)";
  text += "\n";
  for (const auto& fault : status.faults) text += "      " + printable(fault) + "\n";
  if (!status.without_identity.empty()) {
    text += "      its steps keep the builder's uid: " + status.without_identity + "\n";
  }
  if (status.kit == Kit::kNone) {
    text +=
        "      its steps are not isolated: stop it, run `rind-hook check`, then start it again\n";
  }
  return text;
}

BuilderStatus unknown_status(const Running& container, const Error& trouble) {
  return {container,     started_at(container.pid), "unknown",
          Kit::kUnknown, {trouble.what()},          PolicyState::kUnknown};
}

}  // namespace

std::string to_string(BuilderStatus::Kit kit) {
  static constexpr Name<Kit> kNames[] = {{Kit::kWhole, "whole"},
                                         {Kit::kDamaged, "damaged"},
                                         {Kit::kNone, "none"},
                                         {Kit::kUnknown, "unknown"}};
  return name_of(kNames, kit);
}

std::string to_string(BuilderStatus::PolicyState policy) {
  static constexpr Name<PolicyState> kNames[] = {{PolicyState::kSame, "same"},
                                                 {PolicyState::kDiffers, "differs"},
                                                 {PolicyState::kUnknown, "unknown"}};
  return name_of(kNames, policy);
}

std::optional<BuilderStatus> builder_status(const Running& container, const LoadedPolicy& policy) {
  try {
    return examine(container, policy);
  } catch (const ContainerEnded&) {
    return std::nullopt;
  } catch (const CannotLook& e) {
    if (::geteuid() != 0) return std::nullopt;
    return unknown_status(container, e);
  } catch (const SysError& e) {
    // The container belongs to another user.
    if ((e.code() == EACCES || e.code() == EPERM) && ::geteuid() != 0) return std::nullopt;
    return unknown_status(container, e);
  } catch (const Error& e) {
    return unknown_status(container, e);
  }
}

int status(const PolicyFiles& files, bool json) {
  const LoadedPolicy policy = load_host_policy(files);
  std::vector<BuilderStatus> builders;
  for (const auto& container : running_containers()) {
    if (auto found = builder_status(container, policy)) builders.push_back(std::move(*found));
  }
  const bool ok = std::all_of(builders.begin(), builders.end(),
                              [](const BuilderStatus& b) { return b.kit == Kit::kWhole; });
  const bool all_users = ::geteuid() == 0;
  const KeptRefusals refused = kept_refusals();
  std::string text;
  if (json) {
    Json array = Json::array();
    for (const auto& builder : builders) array.push_back(to_json(builder));
    const Json report = {{"version", 1},
                         {"ok", ok},
                         {"all_users", all_users},
                         {"builders", std::move(array)},
                         {"refused", refused.lines}};
    text = report.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
  } else {
    for (const auto& builder : builders) text += to_text(builder);
    if (builders.empty()) text = "no builder container runs\n";
    if (!all_users) text += "(only this user's containers are listed; root sees all)\n";
    for (const auto& file : refused.files) {
      text += "containers that did not start, from " + file + ":\n";
    }
    // An engine that starts containers again and again has many; --json has all of them.
    constexpr size_t kMost = 20;
    const size_t earlier = refused.lines.size() - std::min(refused.lines.size(), kMost);
    if (earlier > 0) text += "      (" + std::to_string(earlier) + " earlier ones)\n";
    for (size_t i = earlier; i < refused.lines.size(); ++i) {
      text += "      " + printable(refused.lines[i]) + "\n";
    }
  }
  sys::write_all(STDOUT_FILENO, text, "standard output");
  return ok ? 0 : 1;
}

}  // namespace rind::hook
