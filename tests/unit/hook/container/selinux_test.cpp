#include "hook/container/selinux.h"

#include "common/base/json.h"
#include "tests/unit/support.h"

using namespace rind;
using namespace rind::hook;

namespace {

constexpr const char* kLabel = "system_u:object_r:container_file_t:s0:c12,c345";

}  // namespace

TEST_CASE("selinux: a kernel in which it is enabled") {
  CHECK(enables_selinux("nodev\tsysfs\nnodev\tselinuxfs\n\text4\n"));
  CHECK_FALSE(enables_selinux("nodev\tsysfs\nnodev\tsecurityfs\n\text4\n"));
  CHECK_FALSE(enables_selinux("nodev\tselinuxfs2\n"));
  CHECK_FALSE(enables_selinux(""));
}

TEST_CASE("selinux: the container's label is an option of its own, commas and all") {
  const MountOptions options = labelled({{"source", "rind"}, {"size", "4k"}}, kLabel);
  REQUIRE(options.size() == 3);
  CHECK(options[0] == MountOptions::value_type{"source", "rind"});
  CHECK(options[2] == MountOptions::value_type{"context", kLabel});
}

TEST_CASE("selinux: without a label nothing is added") {
  const MountOptions plain = {{"source", "rind"}, {"size", "4k"}};
  CHECK(labelled(plain, "") == plain);
}

TEST_CASE("selinux: config.json's label, where this kernel knows it") {
  const Json value = parse_json(
      R"({"root":{"path":"r"},"linux":{"mountLabel":")" + std::string(kLabel) + R"("}})", "test");
  const Config config = parse_config(value, "/b");
  CHECK(config.mount_label == kLabel);
  const std::string here = label_for(config);
  CHECK((here.empty() || here == kLabel));
  CHECK(label_for(parse_config(parse_json(R"({"root":{"path":"r"}})", "test"), "/b")).empty());
}
