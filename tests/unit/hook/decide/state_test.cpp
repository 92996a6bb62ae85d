#include "hook/decide/state.h"

#include <unistd.h>

#include "common/base/json.h"
#include "common/base/sys.h"
#include "tests/unit/support.h"

using namespace rind;
using namespace rind::hook;
using rind::test::contains;
using rind::test::error_of;

namespace {

State state_from(const std::string& text) {
  sys::Pipe pipe = sys::make_pipe();
  sys::write_all(pipe.write_end.get(), text, "pipe");
  pipe.write_end.reset();
  return read_state(pipe.read_end.get());
}

}  // namespace

TEST_CASE("state: what runtimes send") {
  const State state = state_from(
      R"({"ociVersion":"1.0.2","id":"x","status":"created","pid":42,"bundle":"/b","root":"/r",
          "annotations":{"a":"b"}})");
  CHECK(state.pid == 42);
  CHECK(state.id == "x");
  CHECK(state.bundle == "/b");
  CHECK(state.status == "created");
  CHECK(state.annotations.at("a") == "b");
}

TEST_CASE("state: what is none is an error") {
  CHECK_FALSE(error_of([] { state_from(""); }).empty());
  CHECK(contains(error_of([] { state_from(R"({"status":"created","pid":0,"bundle":"/b"})"); }),
                 "pid"));
  CHECK(contains(error_of([] { state_from(R"({"status":"created","pid":"1","bundle":"/b"})"); }),
                 "pid"));
  CHECK(contains(error_of([] { state_from(R"({"status":"created","pid":1,"bundle":"b"})"); }),
                 "bundle"));
}

TEST_CASE("state: an odd id is no error, a container that is no builder starts under any") {
  CHECK(state_from(R"({"id":"../x y","status":"created","pid":1,"bundle":"/b"})").id == "../x y");
  CHECK(state_from(R"({"id":7,"status":"created","pid":1,"bundle":"/b"})").id.empty());
  CHECK(state_from(R"({"status":"created","pid":1,"bundle":"/b"})").id.empty());
}

TEST_CASE("config: the user of the first process") {
  const auto user = [](const std::string& process) {
    const std::string text = R"({"root":{"path":"/r"},"process":)" + process + "}";
    return parse_config(parse_json(text, "c"), "/b").user;
  };
  CHECK(user(R"({"user":{"uid":1234,"gid":5,"additionalGids":[1]}})").uid == 1234);
  CHECK(user(R"({"user":{"uid":1234,"gid":5}})").gid == 5);
  CHECK(user("{}").uid == 0);
  CHECK(user("{}").gid == 0);
  for (const char* wrong : {R"({"user":{"uid":-1}})", R"({"user":{"uid":4294967295}})",
                            R"({"user":{"uid":0,"gid":"0"}})"}) {
    CHECK(contains(error_of([&] { user(wrong); }), "process.user."));
  }
}

TEST_CASE("config: a relative root lies in the bundle") {
  CHECK(parse_config(parse_json(R"({"root":{"path":"rootfs"}})", "c"), "/b").root == "/b/rootfs");
  CHECK(parse_config(parse_json(R"({"root":{"path":"/r"}})", "c"), "/b").root == "/r");
  CHECK_FALSE(
      error_of([] { parse_config(parse_json(R"({"root":{"path":""}})", "c"), "/b"); }).empty());
  CHECK_FALSE(error_of([] { parse_config(parse_json("{}", "c"), "/b"); }).empty());
}

TEST_CASE("config: a UTS namespace that is joined is not the container's own") {
  const auto own = [](const char* namespaces) {
    const std::string text =
        std::string(R"({"root":{"path":"/r"},"linux":{"namespaces":)") + namespaces + "}}";
    return parse_config(parse_json(text, "c"), "/b").own_uts_namespace;
  };
  CHECK(own(R"([{"type":"pid"},{"type":"uts"}])"));
  CHECK_FALSE(own(R"([{"type":"uts","path":"/proc/1/ns/uts"}])"));
  CHECK_FALSE(own(R"([{"type":"pid"}])"));
}

TEST_CASE("config: what the hook needs of it") {
  const Config config = parse_config(parse_json(R"({
      "root": {"path": "/r"},
      "process": {"args": ["sh"], "env": ["A=1"], "capabilities": {"bounding": ["CAP_CHOWN"]}},
      "mounts": [{"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid"]},
                 {"destination": "/x", "source": "/y"}],
      "linux": {"maskedPaths": ["/proc/kcore"]},
      "annotations": {"k": "v"}})",
                                                "c"),
                                     "/b");
  CHECK(config.arguments == std::vector<std::string>{"sh"});
  CHECK(config.environment == std::vector<std::string>{"A=1"});
  CHECK(config.bounding == std::vector<std::string>{"CAP_CHOWN"});
  CHECK(config.masked_paths == std::vector<std::string>{"/proc/kcore"});
  CHECK(config.annotations.at("k") == "v");
  REQUIRE(config.mounts.size() == 2);
  CHECK(config.mounts[0].type == "tmpfs");
  CHECK(config.mounts[1].source == "/y");
}

TEST_CASE("config: the seccomp profile is passed over, and faults keep their place") {
  const Json value = parse_config_text(
      R"({"root":{"path":"/r"},"linux":{"seccomp":{"syscalls":[{"names":["a","b"]}]},"maskedPaths":["/m"]}})",
      "c");
  CHECK(value.at("linux").at("seccomp").is_null());
  CHECK(parse_config(value, "/b").masked_paths == std::vector<std::string>{"/m"});
  const std::string error = error_of([] {
    parse_config_text("{\"linux\": {\"seccomp\": {\n\"a\": 1}},\n\"b\": 1,\n\"b\": 2}", "c");
  });
  CHECK(contains(error, "c:4:1"));
}
