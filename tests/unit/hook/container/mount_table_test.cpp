#include "hook/container/mount_table.h"

#include <sys/sysmacros.h>

#include "common/base/mount.h"
#include "common/base/sys.h"
#include "hook/container/libmount.h"
#include "tests/unit/support.h"

using namespace rind;
using namespace rind::hook;
using rind::test::contains;
using rind::test::error_of;

namespace {

constexpr const char* kPlain =
    "21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
    "40 21 0:25 /podman /srv/a\\040b ro,nosuid,nodev,noexec,relatime master:3 - tmpfs tmpfs rw\n";

// Each is a whole line that some kernel writes.
constexpr const char* kLines[] = {
    "21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n",
    "22 21 259:1048575 / /a rw master:3 - xfs /dev/nvme0n1p1 rw,attr2,inode64\n",
    "23 21 0:25 /podman /srv/a\\040b ro,nosuid,nodev,noexec,relatime - tmpfs tmpfs rw,size=4k\n",
    "24 21 0:4 mnt:[4026532288] /run/ns rw shared:4 - nsfs nsfs rw\n",
    "25 21 0:26 / /b\\134\\011c\\012d\\043e rw shared:5 master:1 propagate_from:2 - tmpfs none "
    "rw\n",
    "26 21 0:27 /x//deleted /f rw unbindable - btrfs /dev/sdb rw,subvol=/x\n",
    "27 21 0:28 / /merged rw - overlay overlay "
    "rw,lowerdir=/l/a\\0542:/l/b,upperdir=/u,workdir=/w\n",
    "28 21 0:29 / /fuse rw,nodev - fuse.sshfs host:/a\\040b rw,user_id=0\n",
    "29 21 0:30 / /empty rw -  tmpfs  rw\n",
    "30 21 0:31 / /nosource rw - tmpfs  rw\n",
    "31 21 0:32 /\303\244 /\377\001 rw - tmpfs tmpfs rw\n",
    "2147483000 21 0:33 / /late rw,noexec,nosuid - tmpfs tmpfs ro\n",
};

}  // namespace

TEST_CASE("mount table: what a mountinfo says") {
  for (const auto& mounts : {LibMount().list(kPlain), KnownMountTable().list(kPlain)}) {
    REQUIRE(mounts.size() == 2);
    CHECK(mounts[0].id == 21);
    CHECK(mounts[0].device == makedev(8, 1));
    CHECK(mounts[0].shared);
    CHECK(mounts[0].attributes == 0);
    CHECK(mounts[1].target == "/srv/a b");
    CHECK(mounts[1].root == "/podman");
    CHECK(mounts[1].type == "tmpfs");
    CHECK_FALSE(mounts[1].shared);
    CHECK(mounts[1].attributes == (mnt::kReadOnly | mnt::kNoSuid | mnt::kNoDev | mnt::kNoExec));
    CHECK(find_mount(mounts, 40).target == "/srv/a b");
    CHECK(contains(error_of([&] { find_mount(mounts, 41); }), "no mount with the id 41"));
  }
}

TEST_CASE("mount table: what is known is what libmount reads") {
  const LibMount libmount;
  size_t known = 0;
  for (const std::string line : kLines) {
    CAPTURE(line);
    if (const auto mounts = known_mount_table(line)) {
      ++known;
      CHECK(*mounts == libmount.list(line));
    }
  }
  CHECK(known == std::size(kLines) - 1);  // a type that is empty
  const std::string own = sys::read_file("/proc/self/mountinfo", 1 << 20);
  REQUIRE(known_mount_table(own));
  CHECK(*known_mount_table(own) == libmount.list(own));
}

TEST_CASE("mount table: any other form is left to libmount") {
  const std::string plain = "23 21 0:25 /r /t rw,nosuid shared:1 - tmpfs tmpfs rw\n";
  REQUIRE(known_mount_table(plain));
  // Cut off anywhere, it says less or nothing.
  for (size_t size = 1; size < plain.size(); ++size) {
    CAPTURE(plain.substr(0, size));
    CHECK_FALSE(known_mount_table(plain.substr(0, size)));
  }
  for (const char* line : {
           "\n",
           "x 21 0:25 /r /t rw - tmpfs tmpfs rw\n",
           "-1 21 0:25 /r /t rw - tmpfs tmpfs rw\n",
           "2147483648 21 0:25 /r /t rw - tmpfs tmpfs rw\n",
           "23 488888888880 0:25 /r /t rw - tmpfs tmpfs rw\n",
           "23 21 0 /r /t rw - tmpfs tmpfs rw\n",
           "23 21 0:25 /r t rw - tmpfs tmpfs rw\n",
           "23 21 0:25 /r /t rw - tmpfs a\tb rw\n",
           "23 21 0:25 /r /t rw - tmpfs tmpfs \n",
           "23 21 0:x /r /t rw - tmpfs tmpfs rw\n",
           "23 21 0:25 /r /t\\04 rw - tmpfs tmpfs rw\n",
           "23 21 0:25 /r\\x20 /t rw - tmpfs tmpfs rw\n",
           "23 21 0:25 /r /t\\777 rw - tmpfs tmpfs rw\n",
           "23 21 0:25 /r /t rw,a\\040b - tmpfs tmpfs rw\n",
           "23 21 0:25 /r\\000r /t rw - tmpfs tmpfs rw\n",
           "23 21 0:25 /r /t\\040(deleted) rw - tmpfs tmpfs rw\n",
           "23 21 0:25 /r /t rw new_tag:1 - tmpfs tmpfs rw\n",
           "23 21 0:25 /r /t rw master:shared:1 - tmpfs tmpfs rw\n",
           "23 21 0:25 /r /t rw shared: - tmpfs tmpfs rw\n",
           "23 21 0:25 /r /t rw master:2147483648 - tmpfs tmpfs rw\n",
           "23 21 0:25 /r /t rw shared:1 tmpfs tmpfs rw\n",
           "23 21 0:25 /r /t rw - tmpfs tmpfs rw and more\n",
       }) {
    CAPTURE(line);
    CHECK_FALSE(known_mount_table(plain + line));
    CHECK(contains(error_of([&] { KnownMountTable().list(line); }), "read a mount table"));
  }
}
