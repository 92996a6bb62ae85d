#include "helper/facts/kit_read.h"

#include <fcntl.h>

#include <utility>

#include "common/base/error.h"
#include "common/base/json.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "common/kit/flat.h"
#include "helper/paths.h"

namespace rind {

namespace {

// True when the helper was executed through a mount over a seam. A copy (`venv --copies`) is not a
// mount, and may outlive its container.
bool is_mounted() {
  try {
    const Fd self = sys::open(AT_FDCWD, "/proc/self/exe", O_PATH);
    return sys::mount_place(self.get(), "/proc/self/exe").is_root &&
           base_name(sys::path_of(self.get())) != base_name(kit::kHelper);
  } catch (const SysError&) {
    return false;
  }
}

std::string read_file(const char* path, size_t limit) {
  try {
    return sys::read_file(path, limit);
  } catch (const SysError& e) {
    if (is_mounted()) {
      throw Error("read the kit",
                  std::string(e.what()) +
                      ": the tool that runs this command hides the container's /dev/rind",
                  "let that tool keep the container's /dev (bwrap: --dev-bind /dev /dev)");
    }
    throw Error(
        "read the kit", e.what(),
        "the hook did not run for this container: on the build host, check that the engine reads "
        "/usr/share/containers/oci/hooks.d, and read `journalctl -t rind-hook`");
  }
}

}  // namespace

kit::Manifest read_manifest() {
  return kit::read_flat_manifest(read_file(kit::kFlat, kit::kFlatLimit), RIND_VERSION, kit::kFlat);
}

const Json& Kit::document() const {
  if (!document_) {
    document_ =
        std::make_shared<Json>(parse_json(read_file(kit::kPolicy, kKitPolicyLimit), kit::kPolicy));
  }
  return *document_;
}

Kit read_kit() {
  kit::Flat flat = kit::read_flat(read_file(kit::kFlat, kit::kFlatLimit), RIND_VERSION, kit::kFlat);
  Kit kit;
  kit.policy = std::make_shared<const Policy>(std::move(flat.policy));
  kit.manifest = std::move(flat.manifest);
  return kit;
}

}  // namespace rind
