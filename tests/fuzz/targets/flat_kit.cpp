// The kit's flat file: read is only what would be written.
#include "common/kit/flat.h"
#include "tests/fuzz/property.h"

namespace rind::fuzz {

void fuzz_flat_kit(std::string_view input) {
  const std::string bytes = "Rind's kit, version 1\n" + std::string(input);
  kit::Flat flat;
  if (!accepts([&] { flat = kit::read_flat(bytes, "1", "kit"); })) return;
  require(kit::write_flat(flat.policy, flat.manifest, "1") == bytes,
          "what was read is what is written");
  require(kit::read_flat_manifest(bytes, "1", "kit") == flat.manifest,
          "the manifest alone is the same");
}

}  // namespace rind::fuzz
