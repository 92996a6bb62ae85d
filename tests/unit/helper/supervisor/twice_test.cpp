#include "helper/supervisor/twice.h"

#include "tests/unit/support.h"

using namespace rind;

TEST_CASE("twice: once where it works, again where it fails, and the second error is told") {
  int runs = 0;
  twice([&] { ++runs; });
  CHECK(runs == 1);
  runs = 0;
  twice([&] {
    if (++runs == 1) throw Error("clean up", "it failed once");
  });
  CHECK(runs == 2);
  runs = 0;
  std::string said;
  try {
    twice([&] { throw Error("clean up", "run " + std::to_string(++runs)); });
  } catch (const Error& e) {
    said = e.why();
  }
  CHECK(said == "run 2");
}
