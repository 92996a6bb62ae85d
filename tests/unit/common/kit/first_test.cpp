// What the hook writes for the helper's first stage. What the stage makes of it is in
// tests/system/first_stage.sh.
#include "common/kit/first.h"

#include "tests/unit/support.h"

using namespace rind;
using namespace std::string_literals;

namespace {

kit::Manifest one_interpreter() {
  kit::Manifest manifest;
  manifest.seams = {{kit::SeamKind::kScript, "/s/run.sh", "/dev/rind/originals/0"},
                    {kit::SeamKind::kInterpreter, "/usr/bin/python3", "/dev/rind/originals/1"}};
  return manifest;
}

}  // namespace

TEST_CASE("first: interpreters, and environments that the first stage can match") {
  kit::Manifest manifest = one_interpreter();
  manifest.environments = {"/usr", "/opt/*", "/opt/*/env", "/opt/py*", "/a/[bc]", "relative"};
  CHECK(kit::first_file(manifest, false).value() ==
        "rind-first 1\0s/usr/bin/python3\0o/dev/rind/originals/1\0"
        "e/usr\0e/opt/*\0e/opt/*/env\0"s);
}

TEST_CASE("first: nothing where the helper has to look at each call") {
  kit::Manifest manifest = one_interpreter();
  CHECK(kit::first_file(manifest, false).has_value());
  CHECK(!kit::first_file(manifest, true).has_value());
  manifest.refused_calls = {{"-m", "pip", "download", "..."}};
  CHECK(!kit::first_file(manifest, false).has_value());
  manifest = one_interpreter();
  manifest.seams.pop_back();
  CHECK(!kit::first_file(manifest, false).has_value());
}

TEST_CASE("first: a file that the first stage would not read is not written") {
  kit::Manifest manifest = one_interpreter();
  manifest.environments = {"/" + std::string(kit::kFirstLimit, 'x')};
  CHECK(!kit::first_file(manifest, false).has_value());
}
