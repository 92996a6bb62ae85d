// The cases that the schema is tested with, too (tests/unit/schema.sh): what the parser makes of
// them is what they say.
#include <fstream>

#include "common/base/error.h"
#include "common/policy/policy.h"
#include "tests/unit/support.h"

using namespace rind;

namespace {

std::string error_of_file(const test::TemporaryDirectory& directory, const std::string& text) {
  const std::string file = directory.write("policy.json", text) + ":1:";
  try {
    load_policy({RIND_SOURCE_POLICY, directory.path()});
    return {};
  } catch (const Error& e) {
    // Every error says where, and what to do.
    CHECK_MESSAGE(e.subject().find(file) != std::string::npos, text, ": ", e.what());
    CHECK_MESSAGE(!e.remedy().empty(), text, ": ", e.what());
    return e.what();
  }
}

}  // namespace

TEST_CASE("policy cases: the parser takes the valid ones and refuses the others") {
  const test::TemporaryDirectory directory;
  std::ifstream cases(RIND_POLICY_CASES);
  std::string line, group;
  int valid = 0, others = 0;
  while (std::getline(cases, line)) {
    if (line.empty() || line[0] == '#') continue;
    if (line.rfind("== ", 0) == 0) {
      group = line.substr(3, line.find(':') - 3);
      continue;
    }
    const std::string error = error_of_file(directory, line);
    CHECK_MESSAGE(error.empty() == (group == "valid"), group, ": ", line, ": ", error);
    ++(group == "valid" ? valid : others);
  }
  CHECK(valid > 40);
  CHECK(others > 150);
}
