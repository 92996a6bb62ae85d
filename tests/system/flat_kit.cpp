// Writes the kit's flat file, and the first stage's, of the policy.json and manifest.json in a
// directory, as the hook does: rind-flat-kit DIRECTORY. Where they cannot be read, it writes what
// the helper cannot read either.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "common/base/error.h"
#include "common/base/json.h"
#include "common/kit/first.h"
#include "common/kit/flat.h"
#include "helper/paths.h"

int main(int argc, char** argv) {
  using namespace rind;
  if (argc != 2) return 2;
  const std::string directory = argv[1];
  std::string bytes = "garbage";
  std::optional<std::string> first;
  int status = 0;
  try {
    const Json policy = read_json_file(directory + "/policy.json", kKitPolicyLimit);
    const Json json = read_json_file(directory + "/manifest.json", kit::kManifestLimit);
    const kit::Manifest manifest = kit::parse_manifest(json, "manifest.json");
    bytes = kit::write_flat(parse_policy(policy, "policy.json"), manifest, RIND_VERSION);
    first = kit::first_file(manifest, std::filesystem::exists(directory + "/entry.json"));
  } catch (const Error& e) {
    std::fprintf(stderr, "%s\n", e.what());
    status = 1;
  }
  std::ofstream file(directory + "/kit", std::ios::binary);
  file << bytes;
  std::filesystem::remove(directory + "/first");
  if (first) std::ofstream(directory + "/first", std::ios::binary) << *first;
  return file.good() ? status : 1;
}
