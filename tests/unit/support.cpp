#include "tests/unit/support.h"

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <system_error>

#include "common/base/json.h"

namespace rind::test {

Json default_document() { return read_json_file(RIND_SOURCE_POLICY, kPolicyLimit); }

LoadedPolicy loaded_with(const char* patch) {
  Json document = default_document();
  document.merge_patch(parse_json(patch, "patch"));
  Policy policy = parse_policy(document, "policy.json");
  return {std::make_shared<Json>(std::move(document)), std::move(policy)};
}

Policy default_policy() { return parse_policy(default_document(), "policy.json"); }

TemporaryDirectory::TemporaryDirectory() : path_("/tmp/rind-unit.XXXXXX") {
  REQUIRE(::mkdtemp(path_.data()) != nullptr);
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code error;
  std::filesystem::remove_all(path_, error);
  CHECK_MESSAGE(!error, path_, ": ", error.message());
}

std::string TemporaryDirectory::write(const std::string& name, const std::string& text) const {
  const std::filesystem::path file = at(name);
  std::filesystem::create_directories(file.parent_path());
  std::filesystem::remove(file);
  std::ofstream stream(file);
  stream << text;
  REQUIRE(stream.flush());
  return file;
}

}  // namespace rind::test
