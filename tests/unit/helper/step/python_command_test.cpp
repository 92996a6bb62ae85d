#include "helper/step/python_command.h"

#include "helper/step/step.h"
#include "tests/unit/scene.h"
#include "tests/unit/support.h"

using namespace rind;
using What = PythonCommand::What;
using rind::test::view_at;
using Words = std::vector<std::string>;

TEST_CASE("interpreter: an environment is the image's own by whole components") {
  const Words patterns = {"/opt/*", "/venv", "/home/*/.local/share/uv/tools/*"};
  CHECK(is_own_environment(patterns, "/opt/app-root"));
  CHECK(is_own_environment(patterns, "/venv"));
  CHECK(is_own_environment(patterns, "/home/b/.local/share/uv/tools/fromager"));
  CHECK_FALSE(is_own_environment(patterns, "/opt/app-root/src/jobs/x-1/build-3.13"));
  CHECK_FALSE(is_own_environment(patterns, "/venv/x"));
  CHECK_FALSE(is_own_environment(patterns, "/tmp/build-env-x"));
  CHECK_FALSE(is_own_environment({}, "/usr"));
}

TEST_CASE("interpreter: what a command line executes") {
  PythonCommand c = parse_python_command({"python3", "-I", "-B", "-c", "print(1)", "a", "-m"});
  CHECK((c.what == What::kText && c.isolated && c.name == "print(1)"));
  CHECK(c.arguments == Words{"a", "-m"});
  c = parse_python_command({"python3", "-Im", "ensurepip", "--upgrade"});
  CHECK((c.what == What::kModule && c.isolated && c.name == "ensurepip"));
  c = parse_python_command({"python3", "-IBcpass"});
  CHECK((c.what == What::kText && c.name == "pass"));
  c = parse_python_command({"python3", "-X", "dev", "-W", "error", "-u", "/x/y.py", "-c", "z"});
  CHECK((c.what == What::kScript && !c.isolated && c.name == "/x/y.py"));
  CHECK(c.arguments == Words{"-c", "z"});
  // A value is no letters: the m of "importtime", the I of "Import".
  for (const Words& option : {Words{"-Wdefault::ImportWarning"}, Words{"-BX", "importtime"},
                              Words{"-Ximporttime"}, Words{"--check-hash-based-pycs", "always"}}) {
    Words words = {"python3"};
    words.insert(words.end(), option.begin(), option.end());
    words.insert(words.end(), {"-m", "pip", "x"});
    CAPTURE(option[0]);
    c = parse_python_command(words);
    CHECK((c.what == What::kModule && !c.isolated && c.name == "pip"));
  }
  CHECK(parse_python_command({"python3", "-"}).what == What::kScript);
  CHECK(parse_python_command({"python3"}).what == What::kNothing);
  CHECK(parse_python_command({"python3", "-c"}).name.empty());
  CHECK(parse_python_command({}).what == What::kNothing);
}

TEST_CASE("interpreter: what writes in the environment of its interpreter") {
  const auto is = [](const Words& words) { return installs(parse_python_command(words)); };
  CHECK(is({"p", "-m", "pip", "install", "x"}));
  CHECK(is({"p", "-Im", "ensurepip"}));
  CHECK(is({"p", "/usr/lib/python3/dist-packages/pip/__pip-runner__.py", "install", "x"}));
  CHECK(is({"p", "/tmp/env/bin/pip", "install", "x"}));
  CHECK_FALSE(is({"p", "-m", "pipx"}));
  CHECK_FALSE(is({"p", "-c", "import pip", "pip"}));
  CHECK(is({"p", "setup.py", "install"}));
}

TEST_CASE("interpreter: the paths that a front end names") {
  const auto in = [](const Words& words) { return named_paths(parse_python_command(words)); };
  CHECK(in({"p", "-m", "pip", "install", "-r", "/tmp/reqs.txt", "--find-links=/w", "a"}) ==
        Words{"/tmp/reqs.txt", "/w"});
  CHECK(in({"p", "-I", "-c", "sys.path = ['/c/.tmpX', *sys.path]; x(\"/d\")"}) ==
        Words{"/c/.tmpX", "/d"});
  // The text of a call that is not isolated can hold what a package says, and so can requirements.
  CHECK(in({"p", "-c", "f('/root/.ssh')"}).empty());
  CHECK(in({"p", "-m", "pip", "install", "x @ file:///root/.ssh/id"}).empty());
  CHECK(in({"p", "-m", "pip", "install", "/"}).empty());
  CHECK(in({"p", "-I", "-c", "an ' open quote /x"}).empty());
}

TEST_CASE("interpreter: the relative paths that a call of pip names") {
  const auto in = [](const Words& words) { return relative_paths(parse_python_command(words)); };
  CHECK(in({"p", "-m", "pip", "install", "-r", "reqs.txt", "--find-links=w", "-f", "x", "a"}) ==
        Words{"reqs.txt", "w", "x"});
  CHECK(in({"p", "-m", "pip", "install", "./dir", "a/b.whl", "-e", "."}) ==
        Words{"./dir", "a/b.whl", "."});
  CHECK(
      in({"p", "-m", "pip", "install", "demo", "-r", "/tmp/r", "--index-url=http://x/y"}).empty());
  CHECK(in({"p", "-m", "pip", "install", "x @ file:///root/.ssh/id", "https://x/y.whl"}).empty());
}

TEST_CASE("interpreter: the program behind a copy in an environment") {
  CHECK(base_programs("home = /usr/bin\nversion = 3.11.2\nexecutable = /usr/bin/python3.11\n",
                      "python3.11")
            .front() == "/usr/bin/python3.11");
  CHECK(base_programs("home = /usr/bin\n", "python3.11") ==
        Words{"/usr/bin/python3.11", "/usr/bin/python3", "/usr/bin/python"});
  CHECK(base_programs("home = relative\nhome\n", "python").empty());
}

namespace {

// As pip and build call a hook: no work directory, everything in /tmp.
CallFacts by_interpreter(const std::string& cwd) {
  CallFacts facts;
  facts.by_interpreter = true;
  facts.cwd = cwd;
  facts.cwd_is_project = true;
  facts.control = "/tmp/tmpc";
  facts.hook_script = "/usr/lib/pip/_in_process.py";
  return facts;
}

Step step_of(const Words& command, const CallFacts& facts) {
  Call call{command, {}, true, facts.virtual_env};
  const auto step = recognise(test::default_policy(), call, facts, true);
  REQUIRE(step);
  return *step;
}

Step hook_of(const CallFacts& facts) {
  return step_of({"/usr/bin/python3", "/usr/lib/pip/_in_process.py", "build_wheel", "/tmp/tmpc"},
                 facts);
}

}  // namespace

TEST_CASE("interpreter: a hook without a work directory has its cwd as sources, and no package") {
  const Step step = hook_of(by_interpreter("/tmp/pip-req-build-x"));
  CHECK(step.kind == Step::Kind::kHook);
  CHECK(step.source == "/tmp/pip-req-build-x");
  CHECK(step.build_environment.empty());
  CHECK(step.package.empty());

  CallFacts built = by_interpreter("/tmp/project");
  built.virtual_env = "/tmp/build-env-x";
  CHECK(hook_of(built).build_environment == "/tmp/build-env-x");
  CHECK(hook_of(built).package.empty());
}

TEST_CASE("interpreter: sources are a project's own directory, and hold nothing else of the call") {
  using test::contains;
  using test::error_of;
  CallFacts home = by_interpreter("/root");
  home.cwd_is_project = false;
  CHECK(contains(error_of([&] { hook_of(home); }), "/root"));
  CHECK(contains(error_of([&] { hook_of(by_interpreter("/")); }), "is not a source tree"));
  CHECK(contains(error_of([&] { hook_of(by_interpreter("/tmp")); }), "is not a source tree"));
  CallFacts inside = by_interpreter("/srv/env/x");
  inside.virtual_env = "/srv/env";
  CHECK(contains(error_of([&] { hook_of(inside); }), "is not a source tree"));
  // An environment in the sources is none of these: `pdm build`.
  CallFacts around = by_interpreter("/srv");
  around.virtual_env = "/srv/.venv";
  CHECK(hook_of(around).source == "/srv");
}

TEST_CASE("interpreter: Fromager's work directory is known by its name, through this seam, too") {
  CallFacts facts = by_interpreter("/jobs/pkg-1/pkg-1/sub");
  facts.virtual_env = "/jobs/pkg-1/build-3.13";
  facts.named_source = "/jobs/pkg-1/pkg-1";
  const Step step = hook_of(facts);
  CHECK(step.source == "/jobs/pkg-1/pkg-1");
  CHECK(step.package == "pkg-1");
}

TEST_CASE("interpreter: what installs writes in its environment, everything else does not") {
  CallFacts facts = by_interpreter("/tmp/project");
  facts.virtual_env = "/tmp/env";
  const Step install = step_of({"/tmp/env/bin/python3", "-m", "pip", "install", "x"}, facts);
  CHECK(install.kind == Step::Kind::kInstall);
  CHECK(install.source.empty());
  // What it builds of the package's own sources is written there.
  CallFacts wheel = by_interpreter("/tmp/tmpX");
  wheel.cwd_is_project = false;
  wheel.virtual_env = "/jobs/pkg-1/build-3.13";
  wheel.named_source = wheel.project = "/jobs/pkg-1/pkg-1";
  const Step own = step_of({"/jobs/pkg-1/build-3.13/bin/python3", "-m", "pip", "wheel", "-w",
                            "/out", "/jobs/pkg-1/pkg-1"},
                           wheel);
  CHECK(own.kind == Step::Kind::kInstall);
  CHECK(own.source == "/jobs/pkg-1/pkg-1");
  CHECK(own.package == "pkg-1");
  const Step query = step_of({"/tmp/env/bin/python3", "-I", "-c", "pass"}, facts);
  CHECK(query.kind == Step::Kind::kEnvironment);

  test::Scene scene;
  scene.step = install;
  CHECK(view_at(scene.plan(), "/tmp/env/lib") == "rw");
  scene.give_ids();
  CHECK(scene.plan().lent.size() == 1);
  scene.step = query;
  CHECK(view_at(scene.plan(), "/tmp/env/lib") == "ro");
  CHECK(scene.plan().lent.empty());
}

TEST_CASE("interpreter: what a call names is shown, but nothing that the policy hides") {
  test::Scene scene;
  scene.facts.named = {
      {"/root/.cache/uv/x"},           {"/root"}, {"/"}, {"/etc/builder/netrc", false},
      {"/tmp/reqs.txt", false, "a\n"}, {"/home"}};
  const Plan plan = scene.plan();
  CHECK(view_at(plan, "/root/.cache/uv/x/y") == "ro");
  CHECK(view_at(plan, "/root/.ssh") == "hidden");
  CHECK(view_at(plan, "/home/b") == "hidden");
  CHECK(view_at(plan, "/etc/builder/netrc") == "hidden");
  CHECK(view_at(plan, "/tmp/reqs.txt") == "file");
}

TEST_CASE("interpreter: a closed directory that is named becomes a way to what lies in it") {
  test::Scene scene;
  scene.give_ids();
  scene.facts.named = {{"/tmp/pip-build-env-x"}, {"/tmp/pip-build-env-x/site"}};
  scene.facts.closed["/tmp/pip-build-env-x"] = {0, 0};
  const Plan plan = scene.plan();
  CHECK(view_at(plan, "/tmp/pip-build-env-x/other") == "hidden");
  CHECK(view_at(plan, "/tmp/pip-build-env-x/site/sitecustomize.py") == "ro");
}

TEST_CASE("interpreter: calls that the policy refuses, by words") {
  const std::vector<Words> patterns = {{"flit", "build", "..."}, {"-m", "pytest"}};
  const auto listed = [&](const Words& words) {
    return is_listed(patterns, parse_python_command(words));
  };
  CHECK(listed({"python3", "/opt/x/bin/flit", "build"}));
  CHECK(listed({"python3", "-u", "/opt/x/bin/flit", "build", "--format", "wheel"}));
  CHECK(listed({"python3", "-m", "pytest"}));
  CHECK_FALSE(listed({"python3", "-m", "pytest", "tests"}));
  CHECK_FALSE(listed({"python3", "/opt/x/bin/flit", "publish"}));
  CHECK_FALSE(listed({"python3", "-c", "flit"}));
  CHECK_FALSE(listed({"python3"}));
}

TEST_CASE("interpreter: commands of pip that look, and those that install or ask an index") {
  const auto pip = [](Words arguments) {
    Words words = {"/e/bin/python", "-m", "pip"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    return installs(parse_python_command(words));
  };
  for (const char* looks : {"list", "show", "freeze", "check", "inspect", "debug", "--version"}) {
    CAPTURE(looks);
    CHECK_FALSE(pip({looks}));
    CHECK_FALSE(pip({"--log", "install", "-q", looks}));
  }
  for (const char* writes : {"install", "uninstall", "download", "wheel", "index", "unknown"}) {
    CAPTURE(writes);
    CHECK(pip({writes, "list"}));
    CHECK(pip({"--timeout", "3", writes, "x"}));
  }
  CHECK(pip({"list", "--outdated"}));
  const auto local = [](Words arguments) {
    Words words = {"/e/bin/python", "-m", "pip", "install"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    return needs_no_index(parse_python_command(words));
  };
  CHECK(local({"--no-index", "--find-links", "/wheels", "demo"}));
  CHECK(local({"--no-build-isolation", "--no-deps", "."}));
  CHECK_FALSE(local({"--no-index", "--find-links", "https://h/x", "demo"}));
  CHECK_FALSE(local({"--no-build-isolation", "."}));
  CHECK_FALSE(local({"--no-build-isolation", "--no-deps", "demo"}));
  CHECK_FALSE(local({"."}));
  for (const char* command : {"install", "develop"}) {
    const PythonCommand setup = parse_python_command({"python", "setup.py", "-q", command});
    CHECK((installs(setup) && names_sources(setup) && needs_no_index(setup)));
  }
  CHECK_FALSE(installs(parse_python_command({"python", "setup.py", "bdist_wheel"})));
  CHECK(names_sources(parse_python_command({"python", "-m", "pip", "install", "."})));
  CHECK(names_sources(parse_python_command({"python", "-m", "pip", "install", "-r", "x.txt"})));
  CHECK_FALSE(names_sources(parse_python_command({"python", "-m", "pip", "install", "demo"})));
}
