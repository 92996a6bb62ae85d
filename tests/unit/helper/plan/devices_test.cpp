#include "helper/plan/devices.h"

#include "tests/unit/support.h"

using namespace rind;

namespace {

using Type = DeviceFact::Type;
using Names = std::vector<std::string>;

const std::vector<DeviceFact> kContainer = {
    {"accel/accel0", Type::kCharacter, {}, 0666, 0, 0},
    {"console", Type::kCharacter, {}, 0620, 0, 5},
    {"dri/by-path/pci-0-card", Type::kLink, "../card0", 0777, 0, 0},
    {"dri/by-path/pci-0-render", Type::kLink, "../renderD128", 0777, 0, 0},
    {"dri/by-path/out", Type::kLink, "../../../etc/passwd", 0777, 0, 0},
    {"dri/card0", Type::kCharacter, {}, 0660, 0, 44},
    {"dri/renderD128", Type::kCharacter, {}, 0660, 0, 105},
    {"fuse", Type::kCharacter, {}, 0600, 0, 0},
    {"kfd", Type::kCharacter, {}, 0660, 0, 105},
    {"loop0", Type::kOther, {}, 0660, 0, 6},
    {"null", Type::kCharacter, {}, 0666, 0, 0},
    {"nvidia-caps/nvidia-cap1", Type::kCharacter, {}, 0444, 0, 0},
    {"nvidia0", Type::kCharacter, {}, 0666, 0, 0},
    {"nvidiactl", Type::kCharacter, {}, 0666, 0, 0},
};

PlannedDevices plan(const Names& patterns, bool ephemeral = true, unsigned builder_gid = 0) {
  return plan_devices(patterns, kContainer, ephemeral, builder_gid);
}

}  // namespace

TEST_CASE("devices: by default those for computing, where the container has them") {
  const auto devices = plan_devices(test::default_policy().devices, kContainer, true, 0);
  CHECK(devices.given == Names{"accel/accel0", "dri/renderD128", "kfd", "null",
                               "nvidia-caps/nvidia-cap1", "nvidia0", "nvidiactl"});
  CHECK(devices.not_given == Names{"dri/card0", "fuse"});
  CHECK(devices.faults.empty());
  CHECK(devices.groups == std::vector<unsigned>{105});
  const auto none = plan_devices(test::default_policy().devices,
                                 {{"null", Type::kCharacter, {}, 0666, 0, 0}}, true, 0);
  CHECK(none.given == Names{"null"});
  CHECK(none.not_given.empty());
}

TEST_CASE("devices: names, wildcards for one component, and directories") {
  CHECK(plan({"dri/renderD128"}).given == Names{"dri/renderD128"});
  CHECK(plan({"dri/*"}).given == Names{"dri/card0", "dri/renderD128"});
  CHECK(plan({"dri"}).given == Names{"dri/card0", "dri/renderD128"});
  CHECK(plan({"*"}).given.size() == 9);  // without the container's terminal
  CHECK(plan({"console"}).given == Names{"console"});
  CHECK(plan({"nvidia[0-9]"}).given == Names{"nvidia0"});
  CHECK(plan({"renderD128"}).given.empty());
  CHECK(plan({"absent", "absent/*"}).given.empty());
  CHECK(plan({"absent"}).faults.empty());
}

TEST_CASE("devices: links go with the devices to which they lead") {
  using Links = std::vector<std::pair<std::string, std::string>>;
  CHECK(plan({"dri"}).links == Links{{"dri/by-path/pci-0-card", "../card0"},
                                     {"dri/by-path/pci-0-render", "../renderD128"}});
  CHECK(plan({"dri/renderD*", "dri/by-path/*"}).links ==
        Links{{"dri/by-path/pci-0-render", "../renderD128"}});
  CHECK(plan({"dri/by-path"}).links.empty());
}

TEST_CASE("devices: what is no character device, or the step's own, is said") {
  CHECK(plan({"loop0"}).given.empty());
  CHECK(plan({"loop0"}).faults == Names{"the device loop0: it is not a character device"});
  CHECK(plan({"loop*"}).faults.empty());
  CHECK(plan({"shm"}).faults == Names{"the device shm: each step has its own"});
}

TEST_CASE("devices: a node that is closed to other users is opened by its group, or said") {
  CHECK(plan({"kfd"}).groups == std::vector<unsigned>{105});
  CHECK(plan({"kfd"}).faults.empty());
  CHECK(plan({"kfd"}, false).groups.empty());  // the step is the builder
  const auto closed = plan({"fuse"});
  CHECK(closed.groups.empty());  // never group 0
  REQUIRE(closed.faults.size() == 1);
  CHECK(closed.faults[0].find("access to the device fuse: its mode is 0600") == 0);
  CHECK(plan({"fuse"}, false).faults.empty());
  // The builder's own group, a group of people, and one that the container does not know.
  CHECK(plan({"kfd"}, true, 105).groups.empty());
  for (const unsigned gid : {0U, 1000U, 65534U}) {
    const auto other = plan_devices({"d"}, {{"d", Type::kCharacter, {}, 0660, 0, gid}}, true, 1);
    CHECK(other.groups.empty());
    CHECK(other.faults.size() == 1);
  }
}
