#include "helper/step/version.h"

#include <fstream>

#include "tests/unit/support.h"

using namespace rind;

namespace {

// As the cases have it: "-" for what is no version.
std::string normal(const std::string& text) {
  const auto version = parse_version(text);
  if (!version) return "-";
  return version->release + (version->local.empty() ? "" : "+" + version->local);
}

}  // namespace

TEST_CASE("version: the normal form of each case of the file") {
  std::ifstream cases(RIND_VERSION_CASES);
  std::string line;
  int count = 0;
  while (std::getline(cases, line)) {
    if (line.empty() || line[0] == '#') continue;
    const size_t tab = line.find('\t');
    REQUIRE(tab != std::string::npos);
    CHECK_MESSAGE(normal(line.substr(0, tab)) == line.substr(tab + 1), line);
    ++count;
  }
  CHECK(count > 400);
  CHECK(normal("") == "-");
  CHECK(normal(std::string("1.0\0", 4)) == "-");
  CHECK(normal("1.0\n") == "-");
}

TEST_CASE("version: what may be the result of building a version") {
  struct Case {
    const char *actual, *wanted;
    bool yes;
  };
  for (const Case& c : std::vector<Case>{
           {"1.0", "1.0", true},
           {"1.0.0", "1.0", true},
           {"1", "1.0.0", true},
           {"1.0", "1.0.1", false},
           {"1.1", "1.10", false},
           {"2.0", "1.0", false},
           {"1!1.0", "1.0", false},
           {"1.0rc1", "1.0-RC.1", true},
           {"1.0rc1", "1.0c1", true},
           {"1.0rc1", "1.0", false},
           {"1.0", "1.0rc1", false},
           {"1.0.post1", "1.0-1", true},
           {"1.0.post1", "1.0", false},
           {"1.0.dev3", "1.0", false},
           {"1.0", "v1.0", true},
           // A local part may be added, or dropped as back ends do; it does not become another.
           {"1.0+cu124", "1.0", true},
           {"1.0.0+cu124", "1.0", true},
           {"1.1+cu124", "1.0", false},
           {"1.0+cu124", "1.0+CU124", true},
           {"1.0", "1.0+cu124", true},
           {"1.0+cu121", "1.0+cu124", false},
           // What is no version of PEP 440.
           {"2004d", "2004d", true},
           {"2004D", "2004d", true},
           {"1.0_foo", "1.0-foo", true},
           {"2004e", "2004d", false},
           {"2004", "2004d", false},
           {"2004d", "2004", false},
       }) {
    CHECK_MESSAGE(is_version_of(c.actual, c.wanted) == c.yes, c.actual, " of ", c.wanted);
  }
}
