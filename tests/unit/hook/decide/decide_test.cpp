#include "hook/decide/decide.h"

#include "tests/unit/support.h"

using namespace rind;
using namespace rind::hook;
using rind::test::contains;
using rind::test::error_of;

namespace {

const ContainerRules& rules() {
  static const Policy policy = test::default_policy();
  return policy.containers;
}

Config with_arguments(std::vector<std::string> arguments) {
  Config config;
  config.arguments = std::move(arguments);
  return config;
}

Config isolable() {
  Config config;
  config.mounts = {{"/proc", "proc", "proc", {}}, {"/dev", "tmpfs", "tmpfs", {}}};
  config.bounding = {"CAP_CHOWN"};
  return config;
}

}  // namespace

TEST_CASE("decide: the annotation makes a builder, only with \"true\"") {
  State state;
  Config config;
  CHECK(builder_by_config(rules(), state, config).empty());
  config.annotations["io.rind.builder"] = "false";
  CHECK(builder_by_config(rules(), state, config).empty());
  config.annotations["io.rind.builder"] = "true";
  CHECK_FALSE(builder_by_config(rules(), state, config).empty());
  config.annotations.clear();
  state.annotations["io.rind.builder"] = "true";
  CHECK_FALSE(builder_by_config(rules(), state, config).empty());
}

TEST_CASE("decide: the defaults' annotation opts in under a policy that names another one, too") {
  ContainerRules other = rules();
  other.annotation = "com.acme.build";
  Config config;
  config.annotations["io.rind.builder"] = "true";
  CHECK(builder_by_config(other, {}, config) == "annotation io.rind.builder");
  config.annotations = {{"com.acme.build", "true"}};
  CHECK(builder_by_config(other, {}, config) == "annotation com.acme.build");
  CHECK(builder_by_config(rules(), {}, config).empty());
}

TEST_CASE("decide: an annotation with another value loosens nothing") {
  State state;
  Config config = with_arguments({"fromager", "build"});
  config.annotations["io.rind.builder"] = "false";
  CHECK_FALSE(builder_by_config(rules(), state, config).empty());
}

TEST_CASE("decide: by command") {
  const State state;
  CHECK_FALSE(builder_by_config(rules(), state, with_arguments({"fromager"})).empty());
  CHECK_FALSE(builder_by_config(rules(), state,
                                with_arguments({"/opt/app-root/bin/fromager", "build", "x"}))
                  .empty());
  CHECK_FALSE(
      builder_by_config(rules(), state, with_arguments({"python3", "-m", "fromager", "build"}))
          .empty());
  CHECK(builder_by_config(rules(), state, with_arguments({"nginx", "-g", "daemon off;"})).empty());
  CHECK(builder_by_config(rules(), state, with_arguments({})).empty());
}

TEST_CASE("decide: a command that lies in the kit wants the hook") {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"/dev/rind/rind", "launch", "--", "nginx"},
        {"/dev/init", "--", "/dev/rind/rind", "launch", "nginx"},
        {"/bin/sh", "-c", "/dev/rind/rind launch -- nginx"},
        {"docker-entrypoint.sh", "/dev/rind/rind", "launch", "nginx"},
        {"/dev/rind/rind", "check"}}) {
    CHECK(requires_hook(with_arguments(arguments)));
    CHECK(contains(builder_by_config(rules(), {}, with_arguments(arguments)), "/dev/rind/rind"));
  }
  CHECK_FALSE(requires_hook(with_arguments({"/dev/rind/rinds", "launch"})));
  CHECK_FALSE(requires_hook(with_arguments({"echo", "see /dev/rind/rind launch"})));
  CHECK_FALSE(requires_hook(with_arguments({"ls", "/dev/rind/rind"})));
}

TEST_CASE("decide: the container's own command behind the helper's launch") {
  using Words = std::vector<std::string>;
  const Words own = {"/srv/venv/bin/fromager", "build"};
  CHECK(launched_command(with_arguments(own)) == own);
  CHECK(launched_command(with_arguments(
            {"/dev/rind/rind", "launch", "--", "/srv/venv/bin/fromager", "build"})) == own);
  CHECK(launched_command(with_arguments({"/dev/init", "--", "/dev/rind/rind", "launch",
                                         "/srv/venv/bin/fromager", "build"})) == own);
  CHECK(launched_command(with_arguments({"/dev/rind/rind"})).empty());
  CHECK(launched_command(with_arguments({})).empty());
}

TEST_CASE("decide: by environment") {
  ContainerRules by_environment = rules();
  by_environment.environment = {"BUILDER=1"};
  Config config;
  config.environment = {"PATH=/bin", "BUILDER=1"};
  CHECK_FALSE(builder_by_config(by_environment, {}, config).empty());
  config.environment = {"BUILDER=10"};
  CHECK(builder_by_config(by_environment, {}, config).empty());
}

TEST_CASE("decide: CAP_SYS_ADMIN is refused, unless the policy lets it") {
  CHECK(error_of([] { require_isolable(rules(), isolable()); }).empty());
  Config config = isolable();
  config.bounding.push_back("CAP_SYS_ADMIN");
  const std::string error = error_of([&] { require_isolable(rules(), config); });
  CHECK(contains(error, "CAP_SYS_ADMIN"));
  CHECK(contains(error, "containers.privileged"));
  ContainerRules loose = rules();
  loose.start_privileged = true;
  CHECK(error_of([&] { require_isolable(loose, config); }).empty());
}

TEST_CASE("decide: a /dev that is not the container's own tmpfs is refused") {
  Config config = isolable();
  config.mounts.push_back({"/dev/", "bind", "/dev", {"rbind"}});
  CHECK(contains(error_of([&] { require_isolable(rules(), config); }), "/dev"));
  config.mounts.clear();
  CHECK(contains(error_of([&] { require_isolable(rules(), config); }), "/dev"));
}

TEST_CASE("decide: a read-only /proc is refused") {
  Config config = isolable();
  config.mounts.push_back({"/proc", "bind", "/proc", {"rbind", "rprivate"}});
  CHECK(error_of([&] { require_isolable(rules(), config); }).empty());
  config.mounts.push_back({"/proc/", "bind", "/proc", {"rbind", "ro"}});
  CHECK(contains(error_of([&] { require_isolable(rules(), config); }), "/proc is read-only"));
  // The last one is what the container sees.
  config.mounts.push_back({"/proc", "proc", "proc", {"nosuid"}});
  CHECK(error_of([&] { require_isolable(rules(), config); }).empty());
}

TEST_CASE("decide: the container root's id outside") {
  CHECK(outside_root("         0          0 4294967295\n") == 0U);
  CHECK(outside_root("0 100000 65536\n") == 100000U);
  CHECK(outside_root("1 100000 65536\n0 1000 1\n") == 1000U);
  CHECK(outside_root("1000 500 1\n") == 500U);
  CHECK_FALSE(outside_root(""));
}

TEST_CASE("decide: a container's id outside") {
  const std::string map = "         0     200000       1000\n      1234     500000          1\n";
  CHECK(outside_id(map, 0) == 200000U);
  CHECK(outside_id(map, 999) == 200999U);
  CHECK_FALSE(outside_id(map, 1000));
  CHECK(outside_id(map, 1234) == 500000U);
  CHECK_FALSE(outside_id(map, 1235));
  CHECK_FALSE(outside_id("", 0));
  CHECK(outside_id("0 0 4294967295\n", 4294967294U) == 4294967294U);
  // As shown to a reader whose own namespace does not have the id.
  CHECK_FALSE(outside_id("0 4294967295 1\n", 0));
}

TEST_CASE("decide: the record file of a container") {
  CHECK(record_file_name("0a1b2c") == "0a1b2c.jsonl");
  CHECK(record_file_name("buildah-buildah123.4_5") == "buildah-buildah123.4_5.jsonl");
  CHECK(record_file_name(std::string(249, 'a')).size() == 255);
  const std::string wrong[] = {"",
                               ".",
                               "..",
                               ".hidden",
                               "-x",
                               "_x",
                               "a/b",
                               "/etc/passwd",
                               "a b",
                               "a\n",
                               "../../x",
                               "a\xc3\xa4",
                               std::string(250, 'a'),
                               std::string("a\0b", 3)};
  for (const auto& id : wrong) {
    CAPTURE(id);
    const std::string error = error_of([&] { record_file_name(id); });
    CHECK(contains(error, "is not a plain file name"));
    CHECK(contains(error, "record.place"));
    CHECK_FALSE(contains(error, "\n"));
  }
}
