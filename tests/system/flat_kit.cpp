// Writes the kit's flat file of the policy.json and manifest.json in a directory, as the hook does:
// rind-flat-kit DIRECTORY. Where they cannot be read, it writes what the helper cannot read either.
#include <cstdio>
#include <fstream>
#include <string>

#include "common/base/error.h"
#include "common/base/json.h"
#include "common/kit/flat.h"
#include "helper/paths.h"

int main(int argc, char** argv) {
  using namespace rind;
  if (argc != 2) return 2;
  const std::string directory = argv[1];
  std::string bytes = "garbage";
  int status = 0;
  try {
    const Json policy = read_json_file(directory + "/policy.json", kKitPolicyLimit);
    const Json manifest = read_json_file(directory + "/manifest.json", kit::kManifestLimit);
    bytes = kit::write_flat(parse_policy(policy, "policy.json"),
                            kit::parse_manifest(manifest, "manifest.json"), RIND_VERSION);
  } catch (const Error& e) {
    std::fprintf(stderr, "%s\n", e.what());
    status = 1;
  }
  std::ofstream file(directory + "/kit", std::ios::binary);
  file << bytes;
  return file.good() ? status : 1;
}
