#include "helper/plan/identity.h"

#include <linux/capability.h>

#include "helper/facts/passwd.h"
#include "helper/supervisor/installed.h"
#include "tests/unit/scene.h"

using namespace rind;
using namespace rind::test;

namespace {

const std::vector<IdRange> kEverything = {{0, 0, 4294967295}};

uint64_t without(unsigned capability) { return ~(uint64_t{1} << capability); }

}  // namespace

TEST_CASE("identity: leases stand for the policy's ids where the container has them") {
  const auto ids = lease_ids(kEverything, kEverything, 61184, 4);
  CHECK(ids == std::vector<unsigned>{61184, 61185, 61186, 61187});
  // Rootless podman: its root, then 65536 subordinate ids.
  const std::vector<IdRange> rootless = {{0, 1000, 1}, {1, 100000, 65536}};
  CHECK(lease_ids(rootless, rootless, 61184, 2) == std::vector<unsigned>{61184, 61185});
}

TEST_CASE("identity: a small map gives its highest ids, as uid and gid alike") {
  const std::vector<IdRange> small = {{0, 200000, 1024}};
  CHECK(lease_ids(small, small, 61184, 2) == std::vector<unsigned>{1022, 1023});
  const std::vector<IdRange> smaller = {{0, 300000, 10}};
  CHECK(lease_ids(small, smaller, 61184, 4) == std::vector<unsigned>{6, 7, 8, 9});
  // Never nobody's number, nor root's.
  const std::vector<IdRange> usual = {{0, 200000, 65536}};
  CHECK(lease_ids(usual, usual, 100000, 1) == std::vector<unsigned>{65533});
  const std::vector<IdRange> two = {{0, 0, 2}};
  CHECK(lease_ids(two, two, 61184, 8) == std::vector<unsigned>{1});
}

TEST_CASE("identity: of several ranges the one with the most room") {
  const std::vector<IdRange> map = {{0, 1000, 3}, {500, 5000, 100}, {40, 4000, 8}};
  CHECK(lease_ids(map, map, 61184, 64).front() == 536);
  CHECK(lease_ids(map, map, 61184, 64).size() == 64);
}

TEST_CASE("identity: no spare id") {
  const std::vector<IdRange> one = {{0, 1000, 1}};
  CHECK(lease_ids(one, one, 61184, 64).empty());
  const std::vector<IdRange> other = {{100, 1000, 5}};
  CHECK(lease_ids(one, other, 61184, 64).empty());
  CHECK(lease_ids({}, {}, 61184, 64).empty());
}

TEST_CASE("identity: ephemeral where the container gives it, else self with the reason") {
  Scene scene;
  CHECK(scene.plan().identity.mode == PlannedIdentity::Mode::kSelf);
  CHECK(contains(scene.plan().identity.reason, "no spare id"));
  CHECK(contains(scene.plan().absent.at(0), "no spare id"));
  scene.give_ids();
  CHECK(scene.plan().identity.mode == PlannedIdentity::Mode::kEphemeral);
  CHECK(scene.plan().absent.empty());
  for (const unsigned needed : {CAP_SETUID, CAP_SETGID, CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FOWNER}) {
    scene.facts.capabilities = without(needed);
    CHECK(scene.plan().identity.mode == PlannedIdentity::Mode::kSelf);
    CHECK(contains(scene.plan().identity.reason, "lacks CAP_"));
  }
  // CRI-O gives no SETFCAP; another's id can be mapped without.
  scene.facts.capabilities = without(CAP_SETFCAP);
  CHECK(scene.plan().identity.mode == PlannedIdentity::Mode::kEphemeral);
}

TEST_CASE("identity: a file system that does not change owners gives self, or an error") {
  Scene scene;
  scene.give_ids();
  scene.facts.no_chown = "the file system of /nfs denies it";
  CHECK(scene.plan().identity.mode == PlannedIdentity::Mode::kSelf);
  CHECK(scene.plan().identity.reason == scene.facts.no_chown);
  scene.policy.identity.ephemeral = Want::kRequired;
  CHECK(contains(error_of([&] { scene.plan(); }), scene.facts.no_chown));
  CHECK(contains(error_of([&] { scene.plan(); }), "identity.ephemeral"));
}

TEST_CASE("identity: required is an error that names the reason, none is self without a word") {
  Scene scene;
  scene.policy.identity.ephemeral = Want::kRequired;
  CHECK(contains(error_of([&] { scene.plan(); }), "no spare id"));
  CHECK(contains(error_of([&] { scene.plan(); }), "preferred"));
  scene.policy.identity.ephemeral = Want::kNone;
  scene.give_ids();
  CHECK(scene.plan().identity.mode == PlannedIdentity::Mode::kSelf);
  for (const auto& absent : scene.plan().absent) CHECK_FALSE(contains(absent, "identity"));
}

TEST_CASE("identity: ids that have a name, or are the builder's, are nobody's to lease") {
  Scene scene;
  scene.give_ids();
  scene.facts.named_ids = {61184};
  scene.facts.gid = 61186;
  const auto ids = scene.plan().identity.ids;
  CHECK(ids.size() == 64);
  CHECK(ids[0] == PlannedIdentity::kNoId);
  CHECK(ids[1] == 61185);
  CHECK(ids[2] == PlannedIdentity::kNoId);
  CHECK(ids[3] == 61187);
}

TEST_CASE("identity: nothing that a package can write takes the uid of a step's own away") {
  Scene scene;
  scene.give_ids();
  // Modes: of the build environment, of its sources, of what the call names, of the script.
  for (const auto& path : {kEnv, kEnv + "/lib", kSource, std::string("/srv/wheels")}) {
    scene.facts.unreadable.push_back(path);
    scene.facts.closed[path] = {0, 0};
    scene.facts.listed.push_back(path);
  }
  scene.facts.script = "hostile";
  // Names, links, and what lies in the environment.
  scene.facts.named = {{kEnv + "/\n", false, std::string(4096, 'x'), kEnv, true}};
  scene.facts.links = {{kEnv + "/bin/python3", "/nonexistent"}};
  scene.facts.copies = {{kEnv + "/bin/python", "/dev/rind/originals/0"}};
  scene.facts.made_for_build = {"/tmp/pip-build-env-x"};
  const Plan plan = scene.plan();
  CHECK(plan.identity.mode == PlannedIdentity::Mode::kEphemeral);
  CHECK(plan.identity.reason.empty());
  CHECK(plan.readable == std::vector<std::string>{"/tmp/pip-build-env-x", kEnv});
}

TEST_CASE("identity: where every id has a name the reason says so") {
  Scene scene;
  scene.give_ids();
  scene.policy.leases = 1;
  scene.facts.named_ids = {scene.policy.identity.first};
  CHECK(contains(scene.plan().identity.reason, "or is listed in /etc/passwd"));
}

TEST_CASE("identity: an id map is read line by line") {
  const auto map = parse_id_map("         0     100000       1024\n      2000 5 1\n");
  CHECK(map.size() == 2);
  CHECK(map.at(0).count == 1024);
  CHECK(map.at(1).inside == 2000);
  CHECK(parse_id_map("").empty());
  CHECK(parse_id_map("0 1").empty());
}

TEST_CASE("identity: what the call names and the step cannot read is said, unless it is opened") {
  Scene scene;
  scene.facts.unreadable = {"/srv/wheels", kEnv + "/lib"};
  CHECK(scene.plan().closed.empty());  // the builder's own uid reads it
  scene.give_ids();
  CHECK(scene.plan().closed.size() == 1);
  CHECK(contains(scene.plan().closed.at(0), "chmod -R go+rX /srv/wheels"));
}

TEST_CASE("installed: the files of a RECORD with their digests") {
  const std::string hex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  const std::string empty = "sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";
  const auto files = recorded_files(
      "pkg/__init__.py," + empty + ",0\r\n" + "a,b.py," + empty + ",0\n../../bin/x," + empty +
      ",0\n/etc/x," + empty + ",0\npkg-1.dist-info/RECORD,,\nshort,sha256=47DE,0\nodd,sha256=" +
      std::string(43, '!') + ",0\nmd5,md5=x,0\n");
  CHECK(files.size() == 2);
  CHECK(files.at("pkg/__init__.py") == hex);
  CHECK(files.at("a,b.py") == hex);
}

TEST_CASE("identity: HOME is the home directory in passwd") {
  Scene scene;
  scene.give_ids();
  scene.facts.passwd =
      "bin:x:1:1::/bin:/sbin/nologin\n" + scene.facts.passwd + "toor:x:0:0::/x:/bin/sh\n";
  CHECK(planned(scene.plan(), "/etc/passwd")->content ==
        "bin:x:1:1::/bin:/sbin/nologin\nroot:x:0:0:root:/opt/app-root/src:/bin/bash\n"
        "toor:x:0:0::/x:/bin/sh\n");
}

TEST_CASE("identity: a HOME cannot write another line of passwd") {
  Scene scene;
  scene.give_ids();
  for (auto& path : scene.facts.paths["$HOME"]) path.canonical = "/x\nevil:x:0:0::/";
  CHECK_FALSE(contains(planned(scene.plan(), "/etc/passwd")->content, "evil"));
}

TEST_CASE("identity: passwd is the image's where it has HOME, or no home directory") {
  Scene scene;
  scene.give_ids();
  scene.facts.home_in_passwd = "/opt/app-root/src";
  CHECK(planned(scene.plan(), "/etc/passwd") == nullptr);
  scene.facts.home_in_passwd.clear();
  CHECK(planned(scene.plan(), "/etc/passwd") == nullptr);
}

TEST_CASE("identity: the home directory of a uid in passwd") {
  const std::string passwd =
      "# note\nu:x:7:7:::/bin/sh\nv:x:7:8:V:/home/v:/bin/sh\nw:x:70:8::/w:\n";
  const auto field = home_field(passwd, 7);
  REQUIRE(field);
  CHECK(passwd.substr(field->at, field->size) == "/home/v");
  CHECK_FALSE(home_field(passwd, 8));
  CHECK_FALSE(home_field("x:x:7", 7));
  CHECK_FALSE(home_field("", 0));
}
