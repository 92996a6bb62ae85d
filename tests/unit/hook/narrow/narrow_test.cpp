#include "hook/narrow/narrow.h"

#include <sys/stat.h>

#include <cerrno>

#include "common/base/mount.h"
#include "hook/narrow/narrow_plan.h"
#include "tests/unit/support.h"

using namespace rind;
using namespace rind::hook;
using rind::test::contains;
using rind::test::error_of;

namespace {

constexpr const char* kRootfs = "/var/lib/c/merged";
constexpr dev_t kDisk = 1, kRun = 2, kOwn = 3, kImage = 4;

MountEntry entry(uint64_t id, dev_t device, const std::string& root, const std::string& target) {
  MountEntry mount;
  mount.id = id;
  mount.device = device;
  mount.type = device == kImage ? "overlay" : "tmpfs";
  mount.root = root;
  mount.target = target;
  return mount;
}

HostMount at(const std::string& target, HostMount::Kind kind = HostMount::Kind::kOther) {
  HostMount mount;
  mount.entry = entry(1, kDisk, "/x", kRootfs + target);
  mount.kind = kind;
  return mount;
}

NarrowRules all_attributes() {
  NarrowRules rules;
  rules.nosuid = rules.nodev = rules.noexec = true;
  return rules;
}

EngineFile engine_file(const std::string& root, bool directory) {
  EngineFile file;
  file.path = "/run" + root;
  file.device = kRun;
  file.root = root;
  file.directory = directory;
  return file;
}

std::vector<std::string> paths_of(const std::vector<EnginePlace>& places) {
  std::vector<std::string> paths;
  for (const auto& place : places) paths.push_back(place.path);
  return paths;
}

using Paths = std::vector<std::string>;

}  // namespace

TEST_CASE("narrow: which mounts are from the host") {
  const std::vector<MountEntry> table = {
      entry(1, kDisk, "/", "/"),
      entry(2, kImage, "/", kRootfs),
      entry(3, kDisk, "/data", std::string(kRootfs) + "/data"),
      entry(4, kOwn, "/", std::string(kRootfs) + "/dev"),
      entry(5, kImage, "/", std::string(kRootfs) + "/overlaid"),
      entry(6, kDisk, "/other", std::string(kRootfs) + "-of-another"),
  };
  // The image's own file system is mounted on the host as well.
  const auto mounts = mounts_from_host(table, {kDisk, kRun, kImage}, kRootfs);
  REQUIRE(mounts.size() == 2);
  CHECK(mounts[0].id == 3);
  CHECK(mounts[1].id == 5);
  // An overlay that a runtime mounted shows lower directories of the host's.
  CHECK(mounts_from_host(table, {kDisk}, kRootfs).size() == 2);
}

TEST_CASE("narrow: one call for a mount and all in it") {
  const auto done =
      plan_restrictions({at("/data"), at("/data/in"), at("/other")}, all_attributes());
  REQUIRE(done.size() == 2);
  CHECK(done[0].mount == 0);
  CHECK(done[0].recursive);
  CHECK(done[0].attributes == (mnt::kNoSuid | mnt::kNoDev | mnt::kNoExec));
  CHECK(done[1].mount == 2);
}

TEST_CASE("narrow: a device that was bound in stays one, also in a directory that was") {
  const auto done = plan_restrictions(
      {at("/v"), at("/v/fuse", HostMount::Kind::kDeviceNode), at("/v/x")}, all_attributes());
  REQUIRE(done.size() == 3);
  CHECK_FALSE(done[0].recursive);
  CHECK((done[0].attributes & mnt::kNoDev) != 0);
  CHECK((done[1].attributes & mnt::kNoDev) == 0);
  CHECK((done[1].attributes & mnt::kNoSuid) != 0);
  CHECK_FALSE(done[1].recursive);
  CHECK(done[2].recursive);
}

TEST_CASE("narrow: what lies under another mount is left to the mount above it") {
  HostMount covered = at("/v/in");
  covered.reachable = false;
  CHECK(plan_restrictions({covered}, all_attributes()).empty());
}

TEST_CASE("narrow: nothing to add, nothing done") {
  NarrowRules none;
  none.nosuid = none.nodev = none.noexec = false;
  CHECK(plan_restrictions({at("/v")}, none).empty());
  none.nodev = true;
  CHECK(plan_restrictions({at("/dev/fuse", HostMount::Kind::kDeviceNode)}, none).empty());
}

TEST_CASE("narrow: kinds of mounts") {
  CHECK(kind_of("/dev/fuse", S_IFCHR | 0666) == HostMount::Kind::kDeviceNode);
  CHECK(kind_of("/disk", S_IFBLK | 0666) == HostMount::Kind::kDeviceNode);
  CHECK(kind_of("/run/podman-init", S_IFREG | 0755) == HostMount::Kind::kInit);
  // An image may declare a volume of that name.
  CHECK(kind_of("/run/podman-init", S_IFDIR | 0755) == HostMount::Kind::kOther);
  CHECK(kind_of("/data/podman-init", S_IFREG | 0755) == HostMount::Kind::kOther);
  const auto done =
      plan_restrictions({at("/run/podman-init", HostMount::Kind::kInit)}, all_attributes());
  REQUIRE(done.size() == 1);
  CHECK(done[0].attributes == (mnt::kNoSuid | mnt::kNoDev));
}

TEST_CASE("narrow: views go from the outside in") {
  const ViewSpec spec;
  const auto views = outermost_first({{"/a/b", spec}, {"/c", spec}, {"/a", spec}, {"/a-b", spec}});
  Paths order;
  for (const auto& view : views) order.push_back(view.first);
  CHECK(order == Paths{"/a", "/a-b", "/a/b", "/c"});
}

TEST_CASE("narrow: where an image's link must not lead a view") {
  for (const char* resolved : {"/", "/proc", "/proc/sys", "/dev", "/dev/rind", "/dev/pts"}) {
    CAPTURE(resolved);
    const std::string error = error_of([&] { require_narrowable("/srv/models", resolved); });
    CHECK(contains(error, "/srv/models"));
    CHECK(contains(error, std::string("leads to ") + resolved));
  }
  CHECK(error_of([] { require_narrowable("/srv/models", "/data"); }).empty());
  CHECK(error_of([] { require_narrowable("/srv/models", "/development"); }).empty());
}

TEST_CASE("engine sockets: seen through the file itself and through directories above it") {
  const std::string rootfs = kRootfs;
  const std::vector<EngineFile> files = {engine_file("/docker.sock", false),
                                         engine_file("/podman", true),
                                         engine_file("/podman/podman.sock", false)};
  const auto seen = [&](const MountEntry& mount) {
    return paths_of(engine_places(files, {mount}, rootfs));
  };
  CHECK(seen(entry(1, kRun, "/docker.sock", rootfs + "/srv/innocent")) == Paths{"/srv/innocent"});
  CHECK(seen(entry(1, kRun, "/podman/podman.sock", rootfs + "/s")) == Paths{"/s", "/s"});
  CHECK(seen(entry(1, kRun, "/podman", rootfs + "/p")) == Paths{"/p", "/p/podman.sock"});
  // The directory comes first: what it hides need not be hidden again.
  CHECK(seen(entry(1, kRun, "/", rootfs + "/host/run")) ==
        Paths{"/host/run/podman", "/host/run/docker.sock", "/host/run/podman/podman.sock"});
  // Another file system, a name that only begins alike, and a mount outside of the rootfs.
  CHECK(seen(entry(1, kDisk, "/docker.sock", rootfs + "/x")).empty());
  CHECK(seen(entry(1, kRun, "/podman-other", rootfs + "/x")).empty());
  CHECK(seen(entry(1, kRun, "/", "/run")).empty());
}

TEST_CASE("engine sockets: what was mounted out of an engine's directory is looked at, too") {
  const std::string rootfs = kRootfs;
  const std::vector<EngineFile> files = {engine_file("/containerd", true)};
  const auto places =
      engine_places(files, {entry(7, kRun, "/containerd/s/shim", rootfs + "/x")}, rootfs);
  REQUIRE(places.size() == 1);
  CHECK(places[0].path == "/x");
  CHECK(places[0].below);
  CHECK(places[0].mount_id == 7);
  // But an engine may keep the rootfs there.
  CHECK(engine_places(files, {entry(7, kRun, "/containerd/task/rootfs", rootfs)}, rootfs).empty());
}

TEST_CASE("narrow: a mount whose server is away is no reason not to start") {
  for (const int away :
       {EACCES, ENOTCONN, ESTALE, EIO, EHOSTDOWN, EHOSTUNREACH, EREMOTEIO, ENOKEY}) {
    CHECK(is_out_of_reach(away));
  }
  for (const int none : {EPERM, ENOSYS, ENOMEM, EMFILE, ENFILE, EINTR, EBADF}) {
    CHECK_FALSE(is_out_of_reach(none));
  }
}

TEST_CASE("narrowed: the line for the journal") {
  Narrowed narrowed;
  CHECK_FALSE(narrowed.covered());
  narrowed.mounts = 4;
  narrowed.sockets = 1;
  narrowed.paths = 2;
  CHECK(narrowed.covered());
  CHECK(narrowed.summary() ==
        "narrowed: 4 mount(s) from the host, 1 engine socket(s) hidden, 2 path(s)");
  narrowed.shared = true;
  CHECK(contains(narrowed.summary(), "no longer shared with the host"));
  narrowed.host_mounts = 3;
  CHECK(contains(narrowed.summary(), "3 mount(s) of the host's root"));
}
