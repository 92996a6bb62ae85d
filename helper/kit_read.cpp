#include "helper/kit_read.h"

#include <cerrno>

#include "common/error.h"

namespace rind {

Kit read_kit() {
  try {
    Kit kit;
    kit.document = read_json_file(kit::kPolicy, kPolicyLimit);
    kit.policy = parse_policy(kit.document, kit::kPolicy);
    const Json manifest = read_json_file(kit::kManifest, kit::kManifestLimit);
    kit.manifest = kit::parse_manifest(manifest, kit::kManifest);
    return kit;
  } catch (const SysError& e) {
    throw Error(
        "read the kit", e.what(),
        "the hook did not run for this container: on the build host, see that the engine reads "
        "/usr/share/containers/oci/hooks.d, and look into the journal (journalctl -t rind-hook)");
  }
}

}  // namespace rind
