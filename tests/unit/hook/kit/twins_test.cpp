#include "hook/kit/twins.h"

#include <sys/sysmacros.h>

#include "common/base/mount.h"
#include "hook/container/user_namespace.h"
#include "tests/unit/support.h"

using namespace rind;
using namespace rind::hook;

TEST_CASE("twins: two ids change places, and all others stay") {
  CHECK(swapped_ids(0, 61184) == "0 61184 1\n1 1 61183\n61184 0 1\n61185 61185 4294906110\n");
  CHECK(swapped_ids(61184, 0) == swapped_ids(0, 61184));
  // A container with a user namespace.
  CHECK(swapped_ids(200000, 200001) ==
        "0 0 200000\n200000 200001 1\n200001 200000 1\n200002 200002 4294767293\n");
  CHECK(swapped_ids(0, 4294967294) == "0 4294967294 1\n1 1 4294967293\n4294967294 0 1\n");
  CHECK(swapped_ids(7, 7) == "0 0 4294967295\n");
}

namespace {

MountEntry mount(const std::string& target, dev_t device, uint64_t attributes = 0,
                 const std::string& root = "/v") {
  static uint64_t id = 0;
  MountEntry entry;
  entry.id = ++id;
  entry.device = device;
  entry.root = root;
  entry.target = target;
  entry.attributes = attributes;
  return entry;
}

}  // namespace

TEST_CASE("twins: of writable volumes where trees can be") {
  const dev_t disk = ::makedev(8, 1), own = ::makedev(0, 50);
  const std::vector<MountEntry> table = {
      mount("/r", own, 0, "/"), mount("/r/work", disk), mount("/r/ro", disk, mnt::kReadOnly),
      mount("/r/tmpfs", own), mount("/r/etc/hosts", disk), mount("/r/run/secrets", disk),
      mount("/r/host", disk, 0, "/"), mount("/other", disk), mount("/r/etcetera", disk),
      // Something is mounted in it, which a twin would not cover.
      mount("/r/nested", disk), mount("/r/nested/socket", own),
      // And over it.
      mount("/r/twice", disk), mount("/r/twice", own)};
  const auto found = volumes_of(table, {disk}, {{"8:1", "/"}}, "/r");
  REQUIRE(found.size() == 2);
  CHECK(found[0].target == "/r/work");
  CHECK(found[1].target == "/r/etcetera");
}

TEST_CASE("twins: where steps of root can have an id of their own") {
  Policy policy;
  Config config;
  config.bounding = {"CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_SETGID", "CAP_SETUID"};
  CHECK(wants_twins(policy, config));
  config.user.uid = 1000;
  CHECK_FALSE(wants_twins(policy, config));
  config.user.uid = 0;
  config.bounding.pop_back();
  CHECK_FALSE(wants_twins(policy, config));
  config.bounding.emplace_back("CAP_SETUID");
  policy.identity.ephemeral = Want::kNone;
  CHECK_FALSE(wants_twins(policy, config));
  policy.identity.ephemeral = Want::kPreferred;
  policy.lend.idmapped = Want::kNone;
  CHECK_FALSE(wants_twins(policy, config));
}
