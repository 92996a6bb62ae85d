#include "common/kit/entry.h"

#include "common/base/json.h"
#include "hook/kit/entry_point.h"
#include "hook/kit/shebang.h"
#include "tests/unit/scene.h"

using namespace rind;
using namespace rind::hook;
using namespace rind::test;

namespace {

std::string interpreter(const std::string& bytes) {
  const ProgramStart start = program_start(bytes);
  return start.kind == ProgramStart::Kind::kScript ? start.interpreter : "";
}

std::vector<std::string> candidates(const std::string& program,
                                    const std::vector<std::string>& environment) {
  Config config;
  config.arguments = {program};
  config.environment = environment;
  config.working_directory = "/cwd";
  return entry_candidates(config);
}

using Paths = std::vector<std::string>;

}  // namespace

TEST_CASE("shebang: what the kernel takes for the interpreter") {
  CHECK(interpreter("#!/bin/sh\n") == "/bin/sh");
  CHECK(interpreter("#!/bin/sh") == "/bin/sh");
  CHECK(interpreter("#! \t /usr/bin/env \t python3 -E\nprint()\n") == "/usr/bin/env");
  CHECK(interpreter("#!bin/sh -e\n") == "bin/sh");
  CHECK(interpreter("#!/bin/sh \t\n") == "/bin/sh");
  CHECK(interpreter("#!/bin/sh\r\n") == "/bin/sh\r");
  CHECK(interpreter(std::string("#!/bin/sh\0x\n", 12)) == "/bin/sh");
}

TEST_CASE("shebang: what names no interpreter") {
  CHECK(interpreter("") == "");
  CHECK(interpreter("#") == "");
  CHECK(interpreter("#!\n/bin/sh\n") == "");
  CHECK(interpreter("#!  \t \n") == "");
  CHECK(interpreter(" #!/bin/sh\n") == "");
  CHECK(interpreter("#!" + std::string(300, ' ')) == "");
  CHECK(program_start("MZ").kind == ProgramStart::Kind::kOther);
  CHECK(program_start("").kind == ProgramStart::Kind::kOther);
}

TEST_CASE("shebang: a line that does not end where the kernel stops reading") {
  // The name ends within the first 255 bytes: an argument is cut off, and nothing else.
  CHECK(interpreter("#!/bin/sh " + std::string(300, 'x')) == "/bin/sh");
  CHECK(interpreter("#!/" + std::string(251, 'a') + " " + std::string(9, 'x')) ==
        "/" + std::string(251, 'a'));
  // It may go on behind them.
  CHECK(interpreter("#!/" + std::string(252, 'a') + " ") == "");
  CHECK(interpreter("#!/" + std::string(300, 'a')) == "");
  // A newline in the last byte is one.
  CHECK(interpreter("#!/" + std::string(252, 'a') + "\n") == "/" + std::string(252, 'a'));
}

TEST_CASE("shebang: ELF") {
  CHECK(program_start("\x7f"
                      "ELF\x02\x01")
            .kind == ProgramStart::Kind::kElf);
  CHECK(program_start("\x7f"
                      "EL")
            .kind == ProgramStart::Kind::kOther);
}

TEST_CASE("entry: where a runtime looks for the command") {
  CHECK(candidates("/bin/x", {"PATH=/usr/bin"}) == Paths{"/bin/x"});
  CHECK(candidates("x", {"PATH=/a::b:/c"}) == Paths{"/a/x", "/cwd//x", "/cwd/b/x", "/c/x"});
  CHECK(candidates("./d/x", {"PATH=/a"}) == Paths{"/cwd/./d/x"});
  CHECK(candidates("d/x", {"PATH=/a"}) == Paths{"/cwd/d/x", "/a/d/x"});
  // Which of two PATHs holds differs.
  CHECK(candidates("x", {"PATH=/a", "PATHS=/no", "PATH=/b"}) == Paths{"/a/x", "/b/x"});
  CHECK(candidates("x", {}).empty());
}

TEST_CASE("entry: no command, or a PATH that is no PATH") {
  CHECK_FALSE(error_of([] { candidates("", {"PATH=/a"}); }).empty());
  CHECK_FALSE(error_of([] { entry_candidates(Config{}); }).empty());
  CHECK(contains(error_of([] { candidates("x", {"PATH=" + std::string(300, ':')}); }), "PATH"));
}

TEST_CASE("entry: which variables are dropped") {
  const std::vector<std::string> drop = {"*TOKEN*", "NETRC"};
  CHECK(kit::is_dropped(drop, "HF_TOKEN=x"));
  CHECK(kit::is_dropped(drop, "hf_token_file=x"));
  CHECK(kit::is_dropped(drop, "NETRC="));
  CHECK(kit::is_dropped(drop, "NETRC"));
  CHECK_FALSE(kit::is_dropped(drop, "NETRCS=x"));
  CHECK_FALSE(kit::is_dropped(drop, "VALUE=TOKEN"));
  CHECK_FALSE(kit::is_dropped({}, "TOKEN=x"));
}

TEST_CASE("entry: what is written is what is read") {
  const kit::Entry entry{
      17, 4026531836U, {"*TOKEN*"}, {{"/usr/bin/bash", "/dev/rind/originals/1"}}};
  Json value = kit::to_json(entry);
  const kit::Entry read = kit::parse_entry(value, "e");
  CHECK(read.pid == 17);
  CHECK(read.pid_namespace == 4026531836U);
  CHECK(read.drop == entry.drop);
  REQUIRE(read.covers.size() == 1);
  CHECK(read.covers[0].path == "/usr/bin/bash");
  CHECK(read.covers[0].original == "/dev/rind/originals/1");
  value["pid"] = 0;
  CHECK_FALSE(error_of([&] { kit::parse_entry(value, "e"); }).empty());
  value["pid"] = 1;
  value["more"] = true;
  CHECK_FALSE(error_of([&] { kit::parse_entry(value, "e"); }).empty());
}

TEST_CASE("entry: a step finds the entry point's program as it was, and no other seam") {
  Scene scene;
  scene.facts.manifest.seams = {
      {kit::SeamKind::kScript, "/a/run.sh", "/dev/rind/originals/0"},
      {kit::SeamKind::kUnshare, "/usr/bin/unshare", "/dev/rind/originals/1"},
      {kit::SeamKind::kEntry, "/usr/bin/bash", "/dev/rind/originals/2"}};
  const Plan plan = scene.plan();
  REQUIRE(plan.originals.size() == 1);
  CHECK(plan.originals[0].path == "/usr/bin/bash");
}
