#include "helper/plan/access.h"

#include <map>

#include "common/base/json.h"
#include "helper/plan/explain_access.h"
#include "helper/plan/opening.h"
#include "tests/unit/scene.h"

using namespace rind;
using namespace rind::test;

namespace {

using Type = NodeFact::Type;

// A container with some files, and a step in it.
struct Container {
  Container() {
    scene.give_ids();
    for (const char* path :
         {"/", "/etc", "/etc/builder", "/usr", "/opt", "/opt/app-root", "/root", "/srv"}) {
      add(path, Type::kDirectory, 0755);
    }
    for (const std::string& path :
         {std::string("/opt/app-root/src"), std::string("/tmp"), kEnv, kSource}) {
      add(path, Type::kDirectory, 0755);
    }
    add("/etc/tool.conf", Type::kFile, 0600);
    add("/etc/open.conf", Type::kFile, 0644);
    add("/root/.netrc", Type::kFile, 0600);
    add("/root/model", Type::kFile, 0644);
  }
  NodeFact& add(const std::string& path, Type type, unsigned mode, unsigned uid = 0) {
    NodeFact& fact = nodes[path];
    fact.type = type;
    fact.mode = mode;
    fact.uid = fact.gid = uid;
    fact.mount = 1;
    return fact;
  }
  void link(const std::string& path, const std::string& target, unsigned uid = 0) {
    add(path, Type::kLink, 0777, uid).target = target;
  }
  AccessFacts facts() const {
    AccessFacts facts;
    facts.look = [this](const std::string& path) {
      const auto found = nodes.find(path);
      return found == nodes.end() ? NodeFact() : found->second;
    };
    return facts;
  }
  Access of(const std::string& path) const { return access_of(scene.plan(), path, facts()); }
  Opening opening(const std::string& path, Action action) const {
    const Plan plan = scene.plan();
    return opening_of(scene.policy, plan, access_of(plan, path, facts()), action, facts());
  }
  std::string text(const std::string& path) const {
    const Plan plan = scene.plan();
    return access_text(scene.policy, plan, access_of(plan, path, facts()), facts());
  }

  std::map<std::string, NodeFact> nodes;
  Scene scene;
};

}  // namespace

TEST_CASE("access: owner and mode against the step's uid") {
  Container container;
  const Access closed = container.of("/etc/tool.conf");
  CHECK_FALSE(closed.read.allowed);
  CHECK(closed.read.denial == Denial::kMode);
  CHECK(contains(closed.read.why, "mode 0600 of uid 0, the step is another user"));
  CHECK(container.of("/etc/open.conf").read.allowed);
  CHECK_FALSE(container.of("/etc/open.conf").write.allowed);
  // A step that keeps the builder's uid owns what the builder owns, and no capability helps it.
  container.scene.policy.identity.ephemeral = Want::kNone;
  CHECK(container.of("/etc/tool.conf").read.allowed);
  container.nodes["/etc/tool.conf"].uid = 7;
  CHECK(contains(container.of("/etc/tool.conf").read.why, "without capabilities"));
}

TEST_CASE("access: an ACL gives and takes") {
  using Tag = AclEntry::Tag;
  Container container;
  NodeFact& fact = container.nodes["/etc/open.conf"];
  fact.acl = {{Tag::kOwner, 0, 6}, {Tag::kGroup, 0, 4}, {Tag::kMask, 0, 4}, {Tag::kOther, 0, 0}};
  CHECK_FALSE(container.of("/etc/open.conf").read.allowed);
  container.scene.policy.identity.ephemeral = Want::kNone;
  container.scene.facts.uid = container.scene.facts.gid = 9;
  CHECK_FALSE(container.of("/etc/open.conf").read.allowed);
  fact.acl.push_back({Tag::kUser, 9, 6});
  CHECK(container.of("/etc/open.conf").read.allowed);
}

TEST_CASE("access: a path is resolved as the step resolves it") {
  Container container;
  container.link("/srv/link", "../etc/open.conf");
  container.link("/srv/loop", "loop");
  container.link("/srv/home", "/root/model");
  container.link(kSource + "/out", "/tmp/x");
  CHECK(container.of("/srv/link").path == "/etc/open.conf");
  CHECK(container.of("/srv/./../etc/open.conf").path == "/etc/open.conf");
  CHECK(container.of("/srv/loop").read.denial == Denial::kLink);
  // The link leads to a place that the step has of its own.
  const Access out = container.of("out");
  CHECK(out.path == "/tmp/x");
  CHECK(out.view == "private");
  CHECK(out.create.allowed);
  const Access hidden = container.of("/srv/home");
  CHECK(hidden.path == "/root/model");
  CHECK(hidden.read.denial == Denial::kHidden);
  // HOME is a private directory; "~" is the step's.
  CHECK(container.of("~/.cache").path == "/opt/app-root/src/.cache");
  CHECK(container.of("new").path == kSource + "/new");
  CHECK(container.of("new").create.allowed);
  CHECK(container.of("../cmake-build").create.denial == Denial::kHidden);
  CHECK(contains(container.of("../cmake-build").create.why,
                 "the directory is hidden, and read-only: "));
}

TEST_CASE("access: absent is not hidden") {
  Container container;
  CHECK(container.of("/etc/none").read.denial == Denial::kAbsent);
  CHECK(contains(container.of("/etc/none").read.why, "does not exist in the container"));
  CHECK(container.of("/root/none").read.denial == Denial::kAbsent);
  CHECK(container.of("/root/model").read.denial == Denial::kHidden);
  const Access deep = container.of("/etc/none/deep");
  CHECK_FALSE(deep.create.allowed);
  CHECK(contains(deep.create.why, "/etc/none does not exist"));
}

TEST_CASE("access: a directory on the way that the step may not search") {
  Container container;
  container.add("/srv/closed", Type::kDirectory, 0700);
  container.add("/srv/closed/f", Type::kFile, 0644);
  const Access access = container.of("/srv/closed/f");
  CHECK(access.read.denial == Denial::kWay);
  CHECK(access.read.at == "/srv/closed");
  CHECK(container.opening("/srv/closed/f", Action::kRead).line ==
        R"({"views":{"/srv/closed/f":"ro"}})");
}

TEST_CASE("access: what is lent is the step's") {
  Container container;
  container.add(kSource + "/f", Type::kFile, 0600, 44);
  CHECK(container.of("f").own);
  CHECK(container.of("f").write.allowed);
  // Another mount inside is not lent.
  container.nodes[kSource + "/f"].mount = 2;
  CHECK_FALSE(container.of("f").write.allowed);
}

TEST_CASE("access: sockets, fifos and devices on read-only mounts") {
  Container container;
  container.add("/srv/socket", Type::kSocket, 0777);
  container.add("/srv/fifo", Type::kFifo, 0666);
  CHECK(container.of("/srv/socket").connect.allowed);
  CHECK_FALSE(container.of("/srv/socket").read.allowed);
  CHECK(container.of("/srv/fifo").write.allowed);
  container.nodes["/srv/socket"].mode = 0755;
  CHECK_FALSE(container.of("/srv/socket").connect.allowed);
}

TEST_CASE("access: the devices of the container, and those of the step") {
  Container container;
  using Device = DeviceFact::Type;
  container.scene.facts.devices = {{"kvm", Device::kCharacter, "", 0666, 0, 0},
                                   {"null", Device::kCharacter, "", 0666, 0, 0}};
  container.add("/dev/kvm", Type::kCharacter, 0666);
  container.add("/dev/null", Type::kCharacter, 0666);
  CHECK(container.of("/dev/null").write.allowed);
  CHECK(container.of("/dev/kvm").read.denial == Denial::kDevice);
  CHECK(contains(container.opening("/dev/kvm", Action::kRead).line, R"("accel/*","kvm"])"));
  CHECK(container.of("/dev/other").read.denial == Denial::kAbsent);
  container.nodes["/dev/null"].mode = 0600;
  CHECK_FALSE(container.of("/dev/null").read.allowed);
}

TEST_CASE("access: a link of a third user in a shared directory is not followed") {
  Container container;
  container.add("/srv/shared", Type::kDirectory, 01777);
  container.link("/srv/shared/own", "/etc/open.conf");
  container.link("/srv/shared/theirs", "/etc/open.conf", 44);
  CHECK(container.of("/srv/shared/own").read.allowed);
  CHECK(container.of("/srv/shared/theirs").read.denial == Denial::kLink);
}

TEST_CASE("opening: the line of the policy, or why there is none") {
  Container container;
  CHECK(container.opening("/root/model", Action::kRead).line ==
        R"({"views":{"/root/model":"ro"}})");
  CHECK(container.opening("/root/.netrc", Action::kRead).line.empty());
  CHECK(contains(container.opening("/root/.netrc", Action::kRead).also, "credentials"));
  CHECK(contains(container.opening("/etc/tool.conf", Action::kRead).also, "chmod o+r"));
  CHECK(container.opening("/etc/open.conf", Action::kRead).line.empty());
  CHECK(contains(container.opening("/srv", Action::kCreate).line, R"("/srv":{)"));
  CHECK(container.opening("/usr", Action::kCreate).line.empty());
  // A line is a policy.
  container.scene.policy.hide = {"/root"};
  container.scene.facts.paths["/root"] = {directory("/root")};
  CHECK(contains(container.opening("/root/model", Action::kRead).also, "hide"));
  container.add("/root/socket", Type::kSocket, 0777);
  Container other;
  other.add("/root/socket", Type::kSocket, 0777);
  CHECK(contains(other.opening("/root/socket", Action::kConnect).also, "outside of its sandbox"));
}

TEST_CASE("opening: no line for what holds passwords, or what all programs share") {
  Container container;
  for (const char* path : {"/root/.cache", "/root/.local", "/root/.local/share", "/root/.m2"}) {
    container.add(path, Type::kDirectory, 0755);
    CHECK_MESSAGE(container.opening(path, Action::kRead).line.empty(), path);
  }
  for (const char* path : {"/root/.m2/settings.xml", "/root/.bash_history", "/root/.curlrc"}) {
    container.add(path, Type::kFile, 0644);
    CHECK_MESSAGE(container.opening(path, Action::kRead).line.empty(), path);
  }
  container.add("/root/.cache/models", Type::kDirectory, 0755);
  CHECK_FALSE(container.opening("/root/.cache/models", Action::kRead).line.empty());
}

TEST_CASE("opening: a package chose the name, and people paste the line") {
  Container container;
  for (const char* name : {"/root/a\"b", "/root/a\\b", "/root/a\nb", "/root/a\xff"}) {
    container.add(name, Type::kFile, 0644);
    CHECK(container.opening(name, Action::kRead).line.empty());
    CHECK(contains(container.opening(name, Action::kRead).also, "rename it"));
  }
  container.add("/root/\u00fc", Type::kFile, 0644);
  CHECK(contains(container.opening("/root/\u00fc", Action::kRead).line, "\u00fc"));
  container.add("/etc/x; id", Type::kFile, 0600);
  CHECK(contains(container.opening("/etc/x; id", Action::kRead).also, "chmod o+r '/etc/x; id'`"));
}

TEST_CASE("access: in words") {
  Container container;
  CHECK(contains(container.text("/etc/tool.conf"),
                 "\"/etc/tool.conf\" is ro: the root is read-only"));
  CHECK(contains(container.text("/etc/tool.conf"), "not readable: mode 0600 of uid 0"));
  CHECK(contains(container.text("/etc/builder/netrc"), "views.$NETRC"));
  CHECK(contains(container.text(kSource + "/x"), "the step's sources"));
  CHECK(contains(container.text("/opt/app-root/src/.netrc"), "not there"));
  CHECK(contains(container.text("/root/model"), R"(to read: {"views":{"/root/model":"ro"}})"));
}
