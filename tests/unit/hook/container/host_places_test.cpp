#include "hook/container/host_places.h"

#include <sys/sysmacros.h>

#include "common/kit/host_mounts.h"
#include "tests/unit/scene.h"

using namespace rind;
using namespace rind::hook;

TEST_CASE("host places: a mount shows the root when it is that directory or holds it") {
  const std::vector<kit::HostPlace> root = {{"254:0", "/"}}, subvolume = {{"0:41", "/@/root"}};
  CHECK(shows({"254:0", "/"}, root));
  CHECK_FALSE(shows({"254:0", "/srv"}, root));
  // A volume that is a file system of its own.
  CHECK_FALSE(shows({"254:16", "/"}, root));
  CHECK(shows({"0:41", "/@/root"}, subvolume));
  CHECK(shows({"0:41", "/@"}, subvolume));
  CHECK(shows({"0:41", "/"}, subvolume));
  CHECK_FALSE(shows({"0:41", "/@/root/srv"}, subvolume));
  CHECK_FALSE(shows({"0:41", "/@/roots"}, subvolume));
  CHECK_FALSE(shows({"0:41", "/@home"}, subvolume));
}

TEST_CASE("host places: the directories below an overlay") {
  using Paths = std::vector<std::string>;
  CHECK(overlay_lowers("rw,lowerdir=/,upperdir=/u,workdir=/w") == Paths{"/"});
  CHECK(overlay_lowers("rw,lowerdir=/a:/b::/c,userxattr") == Paths{"/a", "/b", "/c"});
  CHECK(overlay_lowers("lowerdir+=/a,lowerdir+=/b,datadir+=/c") == Paths{"/a", "/b", "/c"});
  CHECK(overlay_lowers("rw,lowerdir=l/X:l/Y,upperdir=/u").empty());
  CHECK(overlay_lowers("rw").empty());
}

namespace {

constexpr const char* kTable =
    "20 1 0:50 / / rw - overlay overlay rw\n"
    "21 20 0:51 / /proc rw - proc proc rw\n"
    "22 21 0:5 /kcore /proc/kcore rw - devtmpfs d rw\n"
    "23 20 0:52 / /dev rw - tmpfs t rw\n"
    "24 23 0:51 / /dev/rind/anchor/proc ro - proc proc rw\n"
    "30 20 254:0 / /mnt/deep/host rw - ext4 /dev/vda rw\n"
    "31 30 0:4 / /mnt/deep/host/proc rw - proc proc rw\n"
    "40 20 254:0 /srv/data /srv/data rw - ext4 /dev/vda rw\n"
    "41 20 254:16 / /srv/volume rw - ext4 /dev/vdb rw\n"
    "42 20 0:4 /cpuinfo /srv/cpuinfo ro - proc proc rw\n"
    "43 20 0:4 / /srv/covered ro - proc proc rw\n"
    "44 43 0:60 / /srv/covered rw - tmpfs t rw\n";

std::vector<kit::HostMount> found() {
  return kit::host_mounts(parse_mountinfo(kTable), {{"254:0", "/"}});
}

}  // namespace

TEST_CASE("host mounts: the host's root, and each procfs but the container's own") {
  const std::string root = "the host's root", proc = "a procfs other than the step's own";
  CHECK(found() == std::vector<kit::HostMount>{{"/mnt/deep/host", root},
                                               {"/mnt/deep/host/proc", proc},
                                               {"/srv/cpuinfo", proc}});
  CHECK(kit::host_mounts(parse_mountinfo(kTable), {}).size() == 2);
}

TEST_CASE(
    "host mounts: a table that shows none, and to which none can come, need not be read again") {
  const std::string rootfs = "/var/lib/c/merged";
  const std::string plain =
      "19 1 254:0 / / rw shared:1 - ext4 /dev/vda rw\n"
      "20 19 0:50 / /var/lib/c/merged rw - overlay o rw\n"
      "21 20 0:51 / /var/lib/c/merged/proc rw - proc proc rw\n"
      "23 20 0:52 / /var/lib/c/merged/dev rw - tmpfs t rw\n"
      "24 19 0:53 / /var/lib/c/merged2 rw shared:7 - tmpfs t rw\n"
      "40 20 254:0 /srv/data /var/lib/c/merged/srv/data rw - ext4 /dev/vda rw\n";
  const auto may = [&](const std::string& more) {
    return kit::may_show_host(plain + more, rootfs, {{"254:0", "/"}});
  };
  CHECK_FALSE(may(""));
  CHECK(may("41 20 254:0 / /var/lib/c/merged/host rw - ext4 /dev/vda rw\n"));
  CHECK(may("41 20 0:4 / /var/lib/c/merged/srv/proc rw - proc proc rw\n"));
  CHECK(may("41 20 254:16 / /var/lib/c/merged/srv/x rw master:3 - ext4 /dev/vdb rw\n"));
  CHECK(may("41 20 254:16 / /var/lib/c/merged/srv/x rw shared:3 - ext4 /dev/vdb rw\n"));
  // The rootfs is the root directory of the hook.
  CHECK(kit::may_show_host("20 1 0:50 / / rw master:2 - overlay o rw\n", "/", {}));
  CHECK_FALSE(kit::may_show_host("20 1 0:50 / / rw - overlay o rw\n", "/", {}));
}

TEST_CASE("host mounts: out of sight, unless a view of the policy names them") {
  test::Scene scene;
  scene.facts.host_mounts = {{"/host", "the host's root", true},
                             {"/host/proc", "a procfs other than the step's own", true}};
  CHECK(test::view_at(scene.plan(), "/host") == "hidden");
  CHECK(test::view_at(scene.plan(), "/host/proc") == "hidden");
  scene.policy.views.emplace_back("/host/srv", ViewSpec{});
  scene.policy.views.back().second.view = View::kRo;
  scene.facts.paths["/host/srv"] = {test::directory("/host/srv")};
  CHECK(test::view_at(scene.plan(), "/host/srv") == "ro");
  CHECK(test::view_at(scene.plan(), "/host/etc") == "hidden");
  scene.policy.views.emplace_back("/host", ViewSpec{});
  scene.policy.views.back().second.view = View::kRo;
  scene.facts.paths["/host"] = {test::directory("/host")};
  CHECK(test::view_at(scene.plan(), "/host/etc") != "hidden");
  CHECK(test::view_at(scene.plan(), "/host/proc/1") == "hidden");
}
