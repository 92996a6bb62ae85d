#include "common/kit/faults.h"

#include "tests/unit/support.h"

using namespace rind;
using rind::test::contains;

namespace {

const char* const kTable =
    "20 1 0:30 / / rw,relatime - overlay overlay rw\n"
    "21 20 0:31 / /dev rw,nosuid - tmpfs tmpfs rw\n"
    "22 21 0:32 / /dev/rind ro,nosuid,nodev,noexec - tmpfs rind rw\n"
    "23 22 0:33 / /dev/rind/anchor/proc ro,nosuid shared:4 - proc proc rw\n"
    "24 22 0:34 / /dev/rind/anchor ro,nosuid - tmpfs rind rw\n"
    "25 22 0:30 /opt/f/run.sh /dev/rind/originals/0 ro,nosuid - overlay overlay rw\n"
    "26 22 8:1 /usr/libexec/rind/rind /dev/rind/rind ro,nosuid - ext4 /dev/sda1 rw\n"
    "27 20 8:1 /usr/libexec/rind/rind /opt/with\\040space/run.sh ro,nosuid - ext4 /dev/sda1 rw\n";

kit::Manifest manifest() {
  kit::Manifest m;
  m.seams.push_back({kit::SeamKind::kScript, "/opt/with space/run.sh", "/dev/rind/originals/0"});
  return m;
}

// The one fault of the table with `from` replaced by `to`.
kit::Fault fault_of(const std::string& from, const std::string& to) {
  std::string table = kTable;
  const size_t at = table.find(from);
  REQUIRE(at != std::string::npos);
  table.replace(at, from.size(), to);
  const auto faults = kit::mount_faults(manifest(), parse_mountinfo(table));
  REQUIRE_FALSE(faults.empty());
  return faults[0];
}

}  // namespace

TEST_CASE("mountinfo: fields, tags and escapes") {
  const auto mounts = parse_mountinfo(kTable);
  REQUIRE(mounts.size() == 8);
  CHECK(mounts[7].point == "/opt/with space/run.sh");
  CHECK(mounts[3].type == "proc");
  CHECK(mounts[3].parent == 22);
  CHECK(mounts[3].has("ro"));
  CHECK_FALSE(mounts[3].has("nodev"));
  CHECK(mount_at(mounts, "/dev/rind")->source == "rind");
  CHECK(mount_at(mounts, "/nowhere") == nullptr);
  CHECK(parse_mountinfo("garbage\n1 2 3\n").empty());
  CHECK(parse_mountinfo("1 0 0:1 / /a rw - fuse.a\\040b x rw\n").at(0).type == "fuse.a b");
  for (const char* line :
       {"x 1 0:1 / /a rw - tmpfs x rw\n", "1 -1 0:1 / /a rw - tmpfs x rw\n",
        "99999999999999999999 1 0:1 / /a rw - tmpfs x rw\n", "1 0 0:1 / a rw - tmpfs x rw\n"}) {
    CHECK_MESSAGE(parse_mountinfo(line).empty(), line);
  }
}

TEST_CASE("kit: the topmost of two mounts counts") {
  const auto mounts =
      parse_mountinfo("1 0 0:1 / /a rw - tmpfs x rw\n2 1 0:2 / /a ro - proc y rw\n");
  CHECK(mount_at(mounts, "/a")->type == "proc");
  // The kernel may list by age, which is not the order of mounting.
  const auto aged = parse_mountinfo("1 2 0:1 / /a rw - tmpfs x rw\n2 0 0:2 / /a ro - proc y rw\n");
  CHECK(mount_at(aged, "/a")->type == "tmpfs");
}

TEST_CASE("kit: a whole one has no faults") {
  CHECK(kit::mount_faults(manifest(), parse_mountinfo(kTable)).empty());
}

TEST_CASE("kit: of an interpreter with a prefix of its own the prefix is mounted") {
  kit::Manifest prefix = manifest();
  prefix.seams[0].kind = kit::SeamKind::kInterpreter;
  prefix.seams[0].original = "/dev/rind/originals/0/bin/python3.13";
  CHECK(kit::mount_faults(prefix, parse_mountinfo(kTable)).empty());
  prefix.seams[0].original = "/dev/rind/originals/1/bin/python3.13";
  CHECK(kit::mount_faults(prefix, parse_mountinfo(kTable)).size() == 1);
}

TEST_CASE("kit: an original of its own is a mount by its name") {
  std::string table = kTable;
  const std::string mount = "/dev/rind/originals/0 ro";
  table.replace(table.find(mount), mount.size(), "/dev/rind/originals/0/run.sh ro");
  kit::Manifest named = manifest();
  named.seams[0].original = "/dev/rind/originals/0/run.sh";
  CHECK(kit::mount_faults(named, parse_mountinfo(table)).empty());
  named.seams[0].original = "/dev/rind/originals/0/other.sh";
  const auto faults = kit::mount_faults(named, parse_mountinfo(table));
  REQUIRE(faults.size() == 1);
  CHECK(contains(faults[0].error.what(), "/dev/rind/originals/0/other.sh"));
}

TEST_CASE("kit: what is missing, writable or another's is a fault of its part") {
  using Part = kit::Fault::Part;
  CHECK(fault_of("/dev/rind ro", "/dev/rind rw").part == Part::kKit);
  CHECK(fault_of("tmpfs rind", "tmpfs tmpfs").part == Part::kKit);
  CHECK(fault_of("/dev/rind/originals/0", "/x").part == Part::kKit);
  CHECK(contains(fault_of("/dev/rind/anchor/proc ro", "/dev/rind/anchor/proc rw").error.what(),
                 "writable"));
  CHECK(fault_of("- proc proc", "- tmpfs proc").part == Part::kBuried);
  CHECK(contains(fault_of("24 22", "24 23").error.what(), "is not below its cover"));
  CHECK(fault_of("/opt/with\\040space/run.sh", "/x").part == Part::kSeam);
  CHECK(contains(fault_of("27 20 8:1 /usr/libexec/rind/rind", "27 20 8:1 /other").error.what(),
                 "a file other than the helper"));
}
