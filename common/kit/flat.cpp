#include "common/kit/flat.h"

#include <iterator>

#include "common/base/error.h"
#include "common/base/packed.h"

namespace rind {

template <>
inline constexpr uint8_t kPackedValues<Want> = std::size(kWantNames);
template <>
inline constexpr uint8_t kPackedValues<Network> = std::size(kNetworkNames);
template <>
inline constexpr uint8_t kPackedValues<RecordRules::Place> = std::size(RecordRules::kPlaceNames);
template <>
inline constexpr uint8_t kPackedValues<SeccompProfile> = std::size(kSeccompNames);
template <>
inline constexpr uint8_t kPackedValues<View> = std::size(kViewNames);
template <>
inline constexpr uint8_t kPackedValues<Backing> = std::size(kBackingNames);
template <>
inline constexpr uint8_t kPackedValues<CowFallback> = std::size(kCowFallbackNames);
template <>
inline constexpr uint8_t kPackedValues<kit::SeamKind> = std::size(kit::kSeamKindNames);

// The structured bindings name every field: with another one in the type, this does not compile.
template <typename Archive>
void fields(Archive& archive, Packed<ViewSpec> auto& value) {
  auto& [view, backing, size, noexec, lend, directories, fallback] = value;
  archive(view, backing, size, noexec, lend, directories, fallback);
}

template <typename Archive>
void fields(Archive& archive, Packed<ContainerRules> auto& value) {
  auto& [annotation, commands, environment, seam, without_seam, privileged, host_name] = value;
  archive(annotation, commands, environment, seam, without_seam, privileged, host_name);
}

template <typename Archive>
void fields(Archive& archive, Packed<SeamRules> auto& value) {
  auto& [script_file, directories, prefixes, entries, milliseconds, unshare_paths, unshare_calls,
         interpreters, interpreter_paths, own_environments, refused_calls, install_patch,
         install_written] = value;
  archive(script_file, directories, prefixes, entries, milliseconds, unshare_paths, unshare_calls,
          interpreters, interpreter_paths, own_environments, refused_calls, install_written);
}

template <typename Archive>
void fields(Archive& archive, Packed<NarrowRules> auto& value) {
  auto& [views, nosuid, nodev, noexec, hide_engine_sockets, engine_sockets, environment] = value;
  archive(views, nosuid, nodev, noexec, hide_engine_sockets, engine_sockets, environment);
}

template <typename Archive>
void fields(Archive& archive, Packed<EnvironmentRules> auto& value) {
  auto& [always, keep_also, keep, remove, inherited, narrowed, url_credentials, by_default] = value;
  archive(always, keep_also, keep, remove, inherited, narrowed, url_credentials, by_default);
}

template <typename Archive>
void fields(Archive& archive, Packed<IdentityRules> auto& value) {
  auto& [ephemeral, first] = value;
  archive(ephemeral, first);
}

template <typename Archive>
void fields(Archive& archive, Packed<LendRules> auto& value) {
  auto& [idmapped] = value;
  archive(idmapped);
}

template <typename Archive>
void fields(Archive& archive, Packed<LimitRules> auto& value) {
  auto& [wall_clock, grace, processes, open_files, address_space, core, processes_required,
         tree_entries, tree_depth, traced_rerun] = value;
  archive(wall_clock, grace, processes, open_files, address_space, core, processes_required,
          tree_entries, tree_depth, traced_rerun);
}

template <typename Archive>
void fields(Archive& archive, Packed<RecordRules> auto& value) {
  auto& [place, directory] = value;
  archive(place, directory);
}

template <typename Archive>
void fields(Archive& archive, Packed<PackageRule> auto& value) {
  auto& [name, packages, hooks, written, patch] = value;
  archive(name, packages, hooks, written);
}

template <typename Archive>
void fields(Archive& archive, Packed<PolicyChoice> auto& value) {
  auto& [name, patch] = value;
  archive(name);
}

template <typename Archive>
void fields(Archive& archive, Packed<Policy> auto& value) {
  auto& [containers, seams, narrow, choices, trusted, leases, identity, lend, network, limits,
         seccomp, guarded_tools, record, packages, views, hide, artefact_names, devices, terminals,
         environment] = value;
  // Those of read_flat_rules first.
  archive(containers, seams, identity, lend, record, narrow, choices, trusted, leases, network,
          limits, seccomp, guarded_tools, packages, views, hide, artefact_names, devices, terminals,
          environment);
}

namespace kit {

template <typename Archive>
void fields(Archive& archive, Packed<Seam> auto& value) {
  auto& [kind, path, original] = value;
  archive(kind, path, original);
}

template <typename Archive>
void fields(Archive& archive, Packed<HostPlace> auto& value) {
  auto& [device, root] = value;
  archive(device, root);
}

template <typename Archive>
void fields(Archive& archive, Packed<Volume> auto& value) {
  auto& [place, obstacle] = value;
  archive(place, obstacle);
}

template <typename Archive>
void fields(Archive& archive, Packed<Manifest> auto& value) {
  auto& [container, seams, masked_paths, sockets, host_places, may_show_host, environment, path,
         environments, refused_calls, variables, twin_ids, volumes] = value;
  archive(container, seams, masked_paths, sockets, host_places, may_show_host, environment, path,
          environments, refused_calls, variables, twin_ids, volumes);
}

namespace {

constexpr std::string_view kMagic = "Rind's kit, version ";

// What follows the first line.
std::string_view content(std::string_view bytes, std::string_view version,
                         std::string_view origin) {
  const std::string first = std::string(kMagic) + std::string(version) + "\n";
  if (bytes.starts_with(first)) return bytes.substr(first.size());
  throw Error("read " + std::string(origin), "another version of Rind's hook wrote it",
              "install one version of hook and helper, and recreate the container");
}

}  // namespace

std::string write_flat(const Policy& policy, const Manifest& manifest, std::string_view version) {
  PackedWriter writer;
  writer(manifest, policy);
  return std::string(kMagic) + std::string(version) + "\n" + writer.take();
}

std::string write_flat_policy(const Policy& policy) {
  PackedWriter writer;
  writer(policy);
  return writer.take();
}

Policy read_flat_policy(std::string_view bytes, std::string_view origin) {
  PackedReader reader(bytes, origin);
  Policy policy;
  reader(policy);
  reader.finish();
  return policy;
}

Policy read_flat_rules(std::string_view bytes, std::string_view origin) {
  PackedReader reader(bytes, origin);
  Policy policy;
  reader(policy.containers, policy.seams, policy.identity, policy.lend, policy.record);
  return policy;
}

Flat read_flat(std::string_view bytes, std::string_view version, std::string_view origin) {
  PackedReader reader(content(bytes, version, origin), origin);
  Flat flat;
  reader(flat.manifest, flat.policy);
  reader.finish();
  return flat;
}

Manifest read_flat_manifest(std::string_view bytes, std::string_view version,
                            std::string_view origin) {
  PackedReader reader(content(bytes, version, origin), origin);
  Manifest manifest;
  reader(manifest);
  return manifest;
}

}  // namespace kit
}  // namespace rind
