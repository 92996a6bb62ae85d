#include "helper/kit_read.h"

#include <cerrno>

#include "common/error.h"

namespace rind {

namespace {

Json read_file(const char* path, size_t limit) {
  try {
    return read_json_file(path, limit);
  } catch (const SysError& e) {
    throw Error(
        "read the kit", e.what(),
        "the hook did not run for this container: on the build host, see that the engine reads "
        "/usr/share/containers/oci/hooks.d, and look into the journal (journalctl -t rind-hook)");
  }
}

}  // namespace

kit::Manifest read_manifest() {
  return kit::parse_manifest(read_file(kit::kManifest, kit::kManifestLimit), kit::kManifest);
}

Kit read_kit() {
  Kit kit;
  kit.document = read_file(kit::kPolicy, kKitPolicyLimit);
  kit.policy = parse_policy(kit.document, kit::kPolicy);
  kit.manifest = read_manifest();
  return kit;
}

}  // namespace rind
