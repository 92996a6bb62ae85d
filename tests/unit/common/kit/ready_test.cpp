#include "common/kit/ready.h"

#include <string>

#include "tests/unit/support.h"

using namespace rind;

TEST_CASE("ready devices: one path for a set of names") {
  CHECK(kit::ready_devices({"null", "full"}) == "/dev/rind/ready/dev-full,null");
  CHECK(kit::ready_devices({"full", "null"}) == kit::ready_devices({"null", "full"}));
  CHECK(kit::ready_devices({"null"}) == "/dev/rind/ready/dev-null");
  CHECK(kit::ready_devices({}).empty());
}

TEST_CASE("ready devices: none where the name would be ambiguous or too long") {
  CHECK(kit::ready_devices({"dri/renderD128", "null"}).empty());
  CHECK(kit::ready_devices({"a,b"}).empty());
  CHECK(kit::ready_devices({"", "null"}).empty());
  CHECK(kit::ready_devices({std::string(251, 'a')}).size() ==
        std::string("/dev/rind/ready/").size() + 255);
  CHECK(kit::ready_devices({std::string(252, 'a')}).empty());
}
