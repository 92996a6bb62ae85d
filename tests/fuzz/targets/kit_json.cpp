// manifest.json and entry.json of the kit: read is only what would be written.
#include "common/base/json.h"
#include "common/kit/entry.h"
#include "common/kit/first.h"
#include "common/kit/flat.h"
#include "common/kit/manifest.h"
#include "tests/fuzz/property.h"

namespace rind::fuzz {

void fuzz_kit_json(std::string_view input) {
  Json value;
  if (!accepts([&] { value = parse_json(std::string(input), "input"); })) return;
  kit::Manifest manifest;
  if (accepts([&] { manifest = kit::parse_manifest(value, "manifest.json"); })) {
    require(kit::parse_manifest(kit::to_json(manifest), "again") == manifest,
            "a written manifest is the manifest");
    require(!value.contains("twins") || kit::to_json(manifest)["twins"] == value["twins"],
            "ids are read as they are");
    const std::string flat = kit::write_flat({}, manifest, "1");
    require(kit::read_flat_manifest(flat, "1", "kit") == manifest,
            "the flat form is the JSON form");
    kit::first_file(manifest, false);
  }
  kit::Entry entry;
  if (accepts([&] { entry = kit::parse_entry(value, "entry.json"); })) {
    require(kit::to_json(entry) == value, "a written entry is the entry");
  }
}

}  // namespace rind::fuzz
