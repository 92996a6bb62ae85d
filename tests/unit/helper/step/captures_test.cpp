#include "helper/step/captures.h"

#include <algorithm>

#include "helper/step/call_paths.h"
#include "tests/unit/support.h"

using namespace rind;
using Kind = Step::Capture::Kind;
using Words = std::vector<std::string>;

namespace {

Words paths_of(const Words& command, const std::string& program = {}, bool by_text = false) {
  Words paths;
  for (const auto& path : call_paths(Call(command, {}, true, "/e"), program)) {
    if (path.by_text == by_text && !path.bare) paths.push_back(path.path);
  }
  return paths;
}

bool has(const Words& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// A user's environment /e, sources /src/p, and what the call names.
struct Scene {
  Scene() {
    facts.by_interpreter = true;
    facts.cwd = "/src/p";
    facts.home = "/home/u";
    facts.temporary = {"/tmp", "/var/tmp"};
    step.kind = Step::Kind::kEnvironment;
    step.build_environment = "/e";
    step.source = "/src/p";
  }
  void name(const std::string& path, const std::string& directory, bool by_text = false) {
    facts.places.push_back({path, directory, path == directory, by_text});
  }
  std::vector<Step::Capture> captures() const { return captures_of(call, facts, step); }
  // The only one.
  Step::Capture capture() const {
    const auto found = captures();
    REQUIRE(found.size() == 1);
    return found.front();
  }

  Call call = {{"/e/bin/python", "x.py"}, {}, true, "/e"};
  CallFacts facts;
  Step step;
};

}  // namespace

TEST_CASE("captures: the paths that a command line names") {
  const Words setup = paths_of({"/e/bin/python", "setup.py", "bdist_wheel", "--dist-dir", "/out"});
  CHECK(setup == Words{"/out"});
  CHECK(paths_of({"python", "-m", "flit_core.wheel", "--outdir=/w/build"}) == Words{"/w/build"});
  CHECK(paths_of({"python", "x.py", "-d/w", "-o", "out", "../up", "plain"}) ==
        Words{"/w", "out", "../up"});
  CHECK(paths_of({"python", "-m", "pip", "install", "https://h/x", "-q"}).empty());
  const auto bare = call_paths(Call({"python", "x.py", "plain"}, {}, true, "/e"), "");
  CHECK(std::any_of(bare.begin(), bare.end(),
                    [](const CallPath& path) { return path.bare && path.path == "plain"; }));
  // A shell's command, through the script.
  const Words shell = paths_of({"sh", "-c", "python3 setup.py bdist_wheel && cp dist/*.whl /out"});
  CHECK(has(shell, "/out"));
}

TEST_CASE("captures: paths in a program's text are known as such") {
  const char* uv =
      "import x as backend\nn = backend.build_wheel(__import__(\"os\").fsdecode("
      "b\"/c/.tmpB\"), {}, None)\nwith open(__import__(\"os\").fsdecode(b\"/v/"
      "build_wheel.txt\"), \"w\") as fp:\n  fp.write(n)\n";
  CHECK(paths_of({"/v/bin/python", "-c", uv}, "", true) == Words{"/c/.tmpB", "/v/build_wheel.txt"});
  CHECK(paths_of({"/v/bin/python", "-c", uv}).empty());
  // A script of the front end's, or what waits in the standard input.
  CHECK(paths_of({"/v/bin/python", "/tmp/x/s.py"}, R"({"result": "/tmp/r.json"})", true) ==
        Words{"/tmp/r.json"});
}

TEST_CASE("captures: what a package says in pyproject.toml names no directory") {
  const std::string path = "/srv/index";
  for (const char* own :
       {"build-backend = \"be:/srv/index\"", "build-backend = \"be; '/srv/index/'\"",
        R"(build-backend = "be:\u002fsrv/\x69ndex")", R"(x = "/\U00000073rv/index")",
        "x = \"\"\"/srv\\\n   /index\"\"\"", R"(x = '/srv/index')"}) {
    CAPTURE(own);
    CHECK(is_packages_own_text(own, path));
  }
  CHECK_FALSE(is_packages_own_text("build-backend = \"be\"\n# /srv/ind", path));
  CHECK_FALSE(is_packages_own_text("", path));
  CHECK(is_packages_own_text(R"(x = "/\u00e9/\r\t\U0001F600")", "/\u00e9/\r\t\U0001F600"));
  // Escaped once more, it would not be found.
  CHECK(is_packages_own_text("", "/srv/a\\b"));
}

TEST_CASE("captures: which directory is captured, and what for") {
  {
    Scene scene;
    scene.name("/wheels/build", "/wheels/build");
    const Step::Capture wheels = scene.capture();
    CHECK(wheels.kind == Kind::kArtefacts);
    CHECK((wheels.whole && wheels.asked && !wheels.by_text && !wheels.shared));
    CHECK(wheels.project == "/src/p");
  }
  {
    Scene scene;  // a directory that the build would make
    scene.name("/wheels/new", "/wheels");
    const Step::Capture made = scene.capture();
    CHECK(made.path == "/wheels");
    CHECK_FALSE(made.whole);
    CHECK(made.named == Words{"/wheels/new"});
  }
  {
    Scene scene;
    scene.name("/tmp/tmpX", "/tmp/tmpX", true);
    CHECK(scene.capture().kind == Kind::kTemporary);
    CHECK_FALSE(scene.capture().shared);
    CHECK(scene.capture().by_text);
  }
  {
    Scene scene;  // /tmp holds what others made
    scene.name("/tmp/answer.json", "/tmp", true);
    CHECK(scene.capture().kind == Kind::kTemporary);
    CHECK(scene.capture().shared);
    CHECK(scene.capture().named == Words{"/tmp/answer.json"});
  }
  {
    Scene scene;  // uv's, for a build without an environment of its own
    scene.name("/c/builds-v0/.tmpX/build_wheel.txt", "/c/builds-v0/.tmpX", true);
    CHECK(scene.capture().kind == Kind::kTemporary);
    CHECK(scene.capture().named.size() == 1);
  }
  {
    Scene scene;
    scene.name("/home/u/out", "/home/u");
    CHECK(scene.capture().kind == Kind::kArtefacts);
    CHECK(scene.capture().shared);
  }
}

TEST_CASE("captures: beside the packages of an environment, and nothing of what installs write") {
  Scene scene;
  scene.name("/e/build_wheel.txt", "/e", true);
  CHECK(scene.capture().kind == Kind::kEnvironment);
  CHECK(scene.capture().path == "/e");
  scene.step.kind = Step::Kind::kInstall;
  CHECK(scene.captures().empty());
  for (const char* closed :
       {"/e/lib/x.pth", "/e/bin/uv", "/e/pyvenv.cfg", "/e/lib64", "/e/share/x"}) {
    Scene other;
    CAPTURE(closed);
    other.name(closed, closed == std::string("/e/lib64") ? closed : "/e");
    CHECK(other.captures().empty());
  }
  // One that the front end made for this build, such as uv's.
  for (const char* made : {"/tmp/x/env", "/c/builds-v0/.tmpA"}) {
    CAPTURE(made);
    Scene temporary;
    temporary.step.build_environment = made;
    CHECK(temporary.capture().kind == Kind::kEnvironment);
    CHECK(temporary.capture().whole);
    CHECK_FALSE(temporary.capture().asked);
  }
  Scene dist;
  dist.name("/e/dist", "/e/dist");
  CHECK(dist.capture().kind == Kind::kArtefacts);
}

TEST_CASE("captures: none in the sources, and none for a question") {
  Scene scene;
  scene.name("/src/p/dist", "/src/p/dist");
  scene.name("/src/p/dist/new", "/src/p/dist");
  scene.name("/tmp", "/tmp");
  CHECK(scene.captures().empty());
  scene.name("/out", "/out");
  CHECK(scene.captures().size() == 1);
  scene.step.asks_interpreter = true;
  CHECK(scene.captures().empty());
  Scene person;  // `rind run -- touch /data/x`
  person.name("/data/x", "/data");
  person.step.source.clear();
  person.step.build_environment.clear();
  CHECK(person.captures().empty());
}

TEST_CASE("captures: an install writes where pip is told to put files") {
  Scene scene;
  scene.step.kind = Step::Kind::kInstall;
  scene.call.environment = {};
  scene.name("/wheels", "/wheels");
  CHECK(scene.captures().empty());
  const Words download = {"/e/bin/python", "-m", "pip", "download", "-d", "/wheels", "x"};
  CHECK(captures_of(Call(download, {}, true, "/e"), scene.facts, scene.step).size() == 1);
}

TEST_CASE("captures: inside a directory for temporary files nothing else is captured") {
  Scene scene;
  scene.name("/tmp/tmpX/control", "/tmp/tmpX/control");
  scene.name("/tmp/tmpX/script.py", "/tmp/tmpX");
  scene.facts.places.back().exists = true;
  const Step::Capture capture = scene.capture();
  CHECK(capture.path == "/tmp/tmpX");
  CHECK(has(capture.named, "/tmp/tmpX/control"));
  CHECK(has(capture.named, "/tmp/tmpX/script.py"));
}

TEST_CASE("captures: a command without a name for its result leaves it where it runs") {
  Scene scene;
  scene.step.source.clear();
  scene.facts.cwd = "/data/out";
  scene.facts.cwd_is_writable = true;
  CHECK(scene.capture().path == "/data/out");
  CHECK_FALSE(scene.capture().asked);
  for (const char* shared : {"/", "/tmp", "/home/u"}) {
    CAPTURE(shared);
    scene.facts.cwd = shared;
    CHECK(scene.captures().empty());
  }
  // In a factory the front end says where.
  scene.facts.cwd = "/data/out";
  scene.step.package = "x-1.0";
  CHECK(scene.captures().empty());
}

TEST_CASE("captures: a script is what a call runs, and not where it writes") {
  Scene scene;
  scene.facts.script = "/tmp/tmpX/script.py";
  scene.name("/tmp/tmpX/script.py", "/tmp/tmpX");
  scene.facts.places.back().exists = true;
  const Step::Capture capture = scene.capture();
  CHECK(capture.named.empty());
  CHECK_FALSE(capture.shared);
}

TEST_CASE("captures: beside a place that is not there yet nothing is the call's") {
  Scene scene;
  scene.name("/tmp/job/out", "/tmp/job");
  CHECK(scene.capture().shared);
  scene.name("/tmp/job/other/out", "/tmp/job/other");
  CHECK(scene.captures().size() == 2);
  // A request, or data.
  scene.name("/tmp/job/request.json", "/tmp/job");
  scene.facts.places.back().exists = true;
  CHECK_FALSE(scene.captures().front().shared);
}

TEST_CASE("captures: what the package wrote into the text of uv names nothing") {
  const char* text =
      "import b as backend\n'/index'; import b as backend\n"
      "backend.build_wheel(b\"/c/.tmpB\", {}, None)\n";
  CHECK(paths_of({"/v/bin/python", "-c", text}, "", true) == Words{"/c/.tmpB"});
}

TEST_CASE("captures: a command may make directories in its package's own work directory") {
  Scene scene;
  scene.step.kind = Step::Kind::kCommand;
  scene.step.build_environment = "/jobs/a-1/build-3";
  scene.step.source = scene.facts.cwd = scene.facts.named_source = "/jobs/a-1/a-1";
  scene.step.beside = {"/jobs/a-1/prefix"};
  scene.facts.beside.work = "/jobs/a-1";
  const auto is_packages = [&] {
    const auto found = scene.captures();
    return found.size() == 1 && found[0].path == "/jobs/a-1" && found[0].of_package;
  };
  CHECK(is_packages());
  // What steps write to is theirs already.
  scene.name("/jobs/a-1/prefix/lib", "/jobs/a-1/prefix");
  scene.name("/jobs/a-1/build", "/jobs/a-1");
  CHECK(is_packages());
  CHECK(scene.capture().named == Words{"/jobs/a-1/build"});
  scene.facts.places.clear();
  scene.facts.beside.work.clear();
  CHECK(scene.captures().empty());
  scene.facts.beside.work = "/jobs/a-1";
  // An install has a network, and in a directory of another name other packages may lie.
  scene.step.kind = Step::Kind::kInstall;
  CHECK(scene.captures().empty());
  scene.step.kind = Step::Kind::kCommand;
  scene.step.build_environment = "/jobs/build-3";
  scene.step.source = scene.facts.cwd = scene.facts.named_source = "/jobs/work";
  CHECK(scene.captures().empty());
}
