#include "helper/step/step.h"

#include "common/base/text.h"
#include "tests/unit/support.h"

using namespace rind;
using rind::test::contains;
using rind::test::error_of;

namespace {

const std::string kWork = "/jobs/pkg-1";
const std::string kEnv = "/jobs/pkg-1/build-3.13.5";
const std::string kHook = "/app/lib/pyproject_hooks/_in_process/_in_process.py";

CallFacts in_source() {
  CallFacts facts;
  facts.cwd = kWork + "/pkg-1";
  facts.virtual_env = kEnv;
  facts.executable = "/usr/bin/python3.13";
  facts.found_at = kEnv + "/bin/python3";
  facts.named_source = kWork + "/pkg-1";
  facts.environments = {kEnv};
  facts.found_by_absolute_path = true;
  facts.tool_directories = {"/opt/app-root/bin", "/usr/bin"};
  facts.control = "/tmp/tmpc";
  return facts;
}

CallFacts tool(const std::string& executable) {
  CallFacts facts;
  facts.cwd = "/jobs";
  facts.virtual_env = "/opt/app-root";
  facts.front_ends_env = true;
  facts.executable = executable;
  facts.found_at = executable;
  facts.found_by_absolute_path = true;
  facts.tool_directories = {"/opt/app-root/bin", "/usr/bin"};
  return facts;
}

std::optional<Step> recognised(std::vector<std::string> command, const CallFacts& facts) {
  static const Policy policy = test::default_policy();
  return recognise(policy, {std::move(command), {}}, facts, false);
}

Step hook_step(const std::string& hook, const CallFacts& facts) {
  const auto step = recognised({kEnv + "/bin/python3", kHook, hook, "/tmp/tmpc"}, facts);
  REQUIRE(step);
  return *step;
}

}  // namespace

TEST_CASE("step: what the policy lists is trusted, nothing else") {
  CHECK_FALSE(recognised({"true"}, tool("/usr/bin/true")));
  CHECK_FALSE(recognised({"uv", "venv", "--verbose", "V"}, tool("/opt/app-root/bin/uv")));
  CHECK_FALSE(recognised({"wheel", "pack", "/tmp/x"}, tool("/opt/app-root/bin/wheel")));
  CHECK(recognised({"true", "x"}, tool("/usr/bin/true")));
  CHECK(recognised({"uv"}, tool("/opt/app-root/bin/uv")));
  CHECK(recognised({"uv", "pip", "install"}, tool("/opt/app-root/bin/uv")));
  CHECK(recognised({"make"}, tool("/usr/bin/make")));
}

TEST_CASE(
    "step: virtualenv is trusted by an interpreter of the image, where no module can be a "
    "package's") {
  const auto made_by = [](const char* python, const CallFacts& facts) {
    return recognised({python, "-m", "virtualenv", "--pip=bundle", "V"}, facts);
  };
  CallFacts facts = tool("/usr/bin/python3.13");
  facts.found_at = "/opt/app-root/bin/python";
  facts.cwd = "/work";
  CHECK_FALSE(made_by("/opt/app-root/bin/python", facts));
  CHECK_FALSE(made_by("python3.13", facts));
  CHECK(recognised({"python", "-m", "pip", "install"}, facts));
  CHECK(recognised({"python", "-c", "import virtualenv"}, facts));
  CallFacts project = facts;
  project.cwd_is_packages = true;
  CHECK(contains(made_by("python", project)->distrust, "working directory, /work"));
  CallFacts temporary = facts;
  temporary.cwd = "/tmp/x";
  CHECK(made_by("python", temporary));
  CallFacts sources = in_source();
  sources.executable = facts.executable;
  sources.found_at = facts.found_at;
  CHECK(made_by("python", sources));
  sources.cwd = "/work";
  sources.executable = sources.found_at = kEnv + "/bin/python";
  CHECK(made_by("python", sources));
}

TEST_CASE("step: settings of a package's tell a trusted tool nothing") {
  CallFacts facts = tool("/opt/app-root/bin/uv");
  facts.tool_settings = {{"/jobs/.python-version", false}};
  CHECK_FALSE(recognised({"uv", "venv"}, facts));
  facts.tool_settings.push_back({"/jobs/x/.python-version", true});
  CHECK(contains(recognised({"uv", "venv"}, facts)->distrust, "/jobs/x/.python-version"));
  CallFacts sources = in_source();
  sources.executable = sources.found_at = "/usr/bin/uv";
  CHECK_FALSE(recognised({"uv", "venv"}, sources));
  sources.tool_settings = {{kWork + "/x/uv.toml", false}};
  CHECK(recognised({"uv", "venv"}, sources));
}

TEST_CASE("step: a trusted name in a place that steps may write is no tool") {
  CallFacts facts = in_source();
  facts.executable = kEnv + "/bin/uv";
  CHECK(recognised({"uv", "venv"}, facts));
  facts.executable = kWork + "/pkg-1/uv";
  CHECK(recognised({"uv", "venv"}, facts));
  CHECK(recognised({"uv", "venv"}, tool("/tmp/x/uv")));
  CHECK(recognised({"uv", "venv"}, tool("/var/tmp/uv")));
  CallFacts linked = in_source();  // V/bin/wheel -> /usr/bin/python3 would run V's .pth files
  linked.found_at = kEnv + "/bin/wheel";
  CHECK(recognised({"wheel", "pack", "x"}, linked));
  CallFacts relative = tool("/jobs/uv");
  relative.found_by_absolute_path = false;
  CHECK(recognised({"uv", "venv"}, relative));
  CHECK(recognised({"uv", "venv"}, tool("")));
}

TEST_CASE("step: a trusted name is believed in the container's own directories for tools alone") {
  // Wherever VIRTUAL_ENV points, and whichever package the file is of.
  for (const std::string& place :
       {kWork + "/pkg-1/wheel", kEnv + "/bin/wheel", kWork + "/wheel",
        std::string("/jobs/other-2/other-2/wheel"), std::string("/opt/app-root/bin/sub/wheel"),
        std::string("/usr/local/bin/wheel"), std::string("/wheel")}) {
    const std::string error = error_of([&] { recognised({place, "pack", "x"}, tool(place)); });
    CHECK_MESSAGE(contains(error, place + " is not in a directory"), place);
  }
  // Who put a link there chose where it leads; not into what steps write.
  CallFacts linked = tool("/srv/tools/uv");
  linked.found_at = "/usr/bin/uv";
  CHECK_FALSE(recognised({"uv", "venv"}, linked));
  linked.executable = "/tmp/uv";
  CHECK(recognised({"uv", "venv"}, linked));
  CHECK(recognised({"make"}, tool("/srv/make"))->distrust.empty());
  CHECK(contains(recognised({"uv", "venv"}, tool("/tmp/uv"))->distrust, "written /tmp/uv"));
}

TEST_CASE("step: the policy can trust a program by its place") {
  Policy policy = test::default_policy();
  policy.trusted = {{"/srv/tools/uv", "venv", "..."}};
  const auto recognised_at = [&](const char* word, const CallFacts& facts) {
    return recognise(policy, {{word, "venv", "V"}, {}}, facts, false);
  };
  CHECK_FALSE(recognised_at("uv", tool("/srv/tools/uv")));
  CHECK_FALSE(recognised_at("/srv/tools/uv", tool("/srv/tools/uv")));
  CHECK(recognised_at("uv", tool("/usr/bin/uv")));
  policy.views.emplace_back("/srv", ViewSpec{View::kRw});
  CHECK(recognised_at("uv", tool("/srv/tools/uv")));
}

TEST_CASE("step: a directory for tools that steps may write to is none") {
  const auto with_view = [](const char* patch) {
    CallFacts facts = tool("/opt/app-root/bin/uv");
    facts.named_directories = {{"TOOLS", "/opt/app-root"}, {"OTHER", "/srv"}};
    return recognise(test::loaded_with(patch).policy, {{"uv", "venv"}, {}}, facts, false);
  };
  CHECK_FALSE(with_view("{}"));
  CHECK(with_view(R"({"views": {"/opt/app-root/bin": "rw"}})"));
  CHECK(with_view(R"({"views": {"$TOOLS": {"view": "rw", "lend": true}}})"));
  CHECK(with_view(R"({"views": {"$TOOLS/bin": "rw"}})"));
  CHECK_FALSE(with_view(R"({"views": {"$TOOLS/lib": "rw", "$OTHER": "rw"}})"));
  // The steps of any package.
  CHECK(with_view(
      R"({"packages": {"a": {"packages": ["a"], "policy": {"views": {"/opt": "rw"}}}}})"));
  CHECK(with_view(R"({"seams": {"interpreter": {"installs": {"views": {
      "$TOOLS": {"view": "rw", "lend": true}}}}}})"));
}

TEST_CASE("step: `rind run` trusts no command") {
  CHECK(recognise(test::default_policy(), {{"true"}, {}}, tool("/usr/bin/true"), true));
}

TEST_CASE("step: a hook call") {
  CallFacts facts = in_source();
  facts.directories = {{"wheel_directory", "/wheels"}, {"metadata_directory", "/tmp/meta"}};
  const Step step = hook_step("build_wheel", facts);
  CHECK(step.kind == Step::Kind::kHook);
  CHECK(step.source == kWork + "/pkg-1");
  CHECK(step.build_environment == kEnv);
  CHECK(step.package == "pkg-1");
  CHECK(step.control == "/tmp/tmpc");
  REQUIRE(step.outputs.size() == 2);
  CHECK_FALSE(step.outputs[0].writable);  // metadata_directory: an input of build_wheel
  CHECK(step.outputs[1].path == "/wheels");
  CHECK(step.outputs[1].writable);
}

TEST_CASE("step: prepare_metadata writes its metadata_directory") {
  CallFacts facts = in_source();
  facts.directories = {{"metadata_directory", "/tmp/meta"}};
  CHECK(hook_step("prepare_metadata_for_build_wheel", facts).outputs.at(0).writable);
}

TEST_CASE("step: with build_dir the sources are still the whole tree") {
  CallFacts facts = in_source();
  facts.cwd = kWork + "/pkg-1/python/sub";
  CHECK(hook_step("build_wheel", facts).source == kWork + "/pkg-1");
}

TEST_CASE("step: a cwd that an earlier step made a link is refused") {
  for (const std::string& cwd :
       {std::string("/opt/app-root/src"), std::string("/jobs/other-1/other-1"), kWork, kEnv,
        kEnv + "/lib", std::string("/"), std::string("/jobs/pkg-10/x")}) {
    CallFacts facts = in_source();
    facts.cwd = cwd;
    CHECK_MESSAGE(contains(error_of([&] { hook_step("build_wheel", facts); }), "working directory"),
                  cwd);
  }
}

TEST_CASE("step: another directory of the work directory is no source where Fromager's is there") {
  CallFacts facts = in_source();
  facts.cwd = kWork + "/other";
  CHECK_FALSE(error_of([&] { hook_step("build_wheel", facts); }).empty());
  facts.project_in_work = kWork + "/other";  // a second source tree
  CHECK(hook_step("build_wheel", facts).source == kWork + "/other");
  facts.project_in_work = kWork + "/third";
  CHECK_FALSE(error_of([&] { hook_step("build_wheel", facts); }).empty());
  facts.named_source.clear();  // a plugin's layout
  CHECK(hook_step("build_wheel", facts).source == kWork + "/other");
  facts.environments.push_back(kWork + "/other");
  CHECK_FALSE(error_of([&] { hook_step("build_wheel", facts); }).empty());
}

TEST_CASE("step: a hook without a build environment is refused") {
  CallFacts facts = in_source();
  facts.virtual_env = "";
  CHECK(contains(error_of([&] { hook_step("build_wheel", facts); }), "VIRTUAL_ENV"));
  facts = in_source();
  facts.front_ends_env = true;
  CHECK(contains(error_of([&] { hook_step("build_wheel", facts); }), "VIRTUAL_ENV"));
}

TEST_CASE("step: a kwarg that the hook does not have is refused") {
  CallFacts facts = in_source();
  facts.directories = {{"evil_directory", "/etc"}};
  CHECK(contains(error_of([&] { hook_step("build_wheel", facts); }), "evil_directory"));
  facts.directories = {{"wheel_directory", "/etc"}};
  CHECK(contains(error_of([&] { hook_step("build_sdist", facts); }), "wheel_directory"));
}

TEST_CASE("step: an output must not hold or lie in the build environment") {
  for (const std::string& path :
       {std::string("/"), kWork, kEnv, kEnv + "/lib", std::string("/jobs")}) {
    CallFacts facts = in_source();
    facts.directories = {{"wheel_directory", path}};
    CHECK_MESSAGE(contains(error_of([&] { hook_step("build_wheel", facts); }), "build environment"),
                  path);
  }
}

TEST_CASE("step: an output directory that the step needs is written in place") {
  const auto output = [](const std::string& path, const std::string& cwd, bool holds_sources) {
    CallFacts facts = in_source();
    facts.cwd = cwd;
    facts.directories = {{"wheel_directory", path}};
    if (holds_sources) facts.with_sources = {path};
    return hook_step("build_wheel", facts).outputs.at(0);
  };
  const std::string source = kWork + "/pkg-1";
  CHECK(output(source, source, false).in_place);
  CHECK(output(source, source + "/sub", false).in_place);
  CHECK(output(source + "/sub", source + "/sub/deep", false).in_place);
  CHECK(output(source + "/src", source, true).in_place);
  CHECK_FALSE(output(source + "/dist", source, false).in_place);
  CHECK_FALSE(output(source + "/sub", source + "/sub2", false).in_place);
  // Elsewhere a step never writes, whatever is there.
  CHECK_FALSE(output("/wheels", source, true).in_place);
}

TEST_CASE("step: whose an output directory is") {
  const auto is_own = [](const std::string& path, const std::vector<std::string>& projects) {
    CallFacts facts = in_source();
    facts.directories = {{"wheel_directory", path}};
    facts.front_ends_projects = projects;
    return hook_step("build_wheel", facts).outputs.at(0).packages_own;
  };
  CHECK(is_own(kWork + "/pkg-1/dist", {}));
  CHECK_FALSE(is_own("/wheels", {}));
  CHECK(is_own("/repo/dist", {"/repo"}));
  CHECK(is_own("/repo", {"/repo"}));
  CHECK_FALSE(is_own("/repo/dist", {"/repo/packages/a"}));
  CHECK_FALSE(is_own("/repo2/dist", {"/repo"}));
}

TEST_CASE("step: a command of the build environment, with and without sources") {
  CallFacts facts = in_source();
  facts.cwd = "/jobs";
  auto step = recognised({kEnv + "/bin/python3", "-c", "pass"}, facts);
  REQUIRE(step);
  CHECK(step->kind == Step::Kind::kEnvironment);
  CHECK(step->source.empty());
  facts.cwd = kWork + "/pkg-1";
  step = recognised({kEnv + "/bin/python3", "-c", "pass"}, facts);
  CHECK(step->source == kWork + "/pkg-1");
}

TEST_CASE("step: directories beside the sources that nobody but steps filled are the package's") {
  CallFacts facts = in_source();
  facts.beside = {kWork, {kWork + "/prefix", kWork + "/out"}, {}};
  facts.directories["wheel_directory"] = kWork + "/out";
  CHECK(hook_step("build_wheel", facts).beside == std::vector<std::string>{kWork + "/prefix"});
  // A command in one of them, or that names one, works on the package's sources.
  facts.directories.clear();
  facts.cwd = kWork + "/prefix";
  CHECK(recognised({"make", "install"}, facts)->source == kWork + "/pkg-1");
  facts.cwd = "/jobs";
  CHECK(recognised({"make", "install"}, facts)->source.empty());
  facts.places.push_back({kWork + "/prefix/x", kWork + "/prefix"});
  CHECK(recognised({"make", "-C", "x"}, facts)->source == kWork + "/pkg-1");
  // A text may have the package's words.
  facts.places.back().by_text = true;
  CHECK(recognised({"make", "-C", "x"}, facts)->source.empty());
}

TEST_CASE("step: an old-style build takes its sources from the command line") {
  CallFacts facts = in_source();
  facts.cwd = "/tmp/tmpd";
  facts.source = kWork + "/pkg-1";
  facts.wheel_directory = "/wheels";
  facts.log = kWork + "/build.log";
  const auto step = recognised({kEnv + "/bin/python3", "-m", "pip", "wheel", "-w", "/wheels",
                                "--log", kWork + "/build.log", kWork + "/pkg-1"},
                               facts);
  REQUIRE(step);
  CHECK(step->kind == Step::Kind::kPipWheel);
  CHECK(step->source == kWork + "/pkg-1");
  CHECK(step->log == kWork + "/build.log");
  CHECK(step->outputs.at(0).path == "/wheels");
}

TEST_CASE("is_within: by whole components") {
  CHECK(is_within("/a/b", "/a"));
  CHECK(is_within("/a", "/a"));
  CHECK(is_within("/a", "/"));
  CHECK_FALSE(is_within("/ab", "/a"));
  CHECK_FALSE(is_within("/a", "/a/b"));
  CHECK_FALSE(is_within("/a", ""));
}
