#include "helper/outputs/artefact_name.h"

#include "helper/step/distribution.h"
#include "tests/unit/support.h"

using namespace rind;
using namespace rind::test;

namespace {

using Kind = PlannedOutput::Kind;

bool allowed(Kind kind, const std::string& name, const std::string& package = "") {
  return error_of([&] { require_artefact_name(kind, name, package); }).empty();
}

}  // namespace

TEST_CASE("artefact: names of wheels") {
  for (const char* name : {"hello_ext-1.0-cp313-cp313-linux_x86_64.whl", "a-1-py3-none-any.whl",
                           "a.b-1!2.0rc1+cu121-3_x-py2.py3-none-manylinux_2_28_x86_64.whl"}) {
    CHECK_MESSAGE(allowed(Kind::kWheel, name), name);
  }
  for (const char* name :
       {"", ".whl", "a-1-py3-none-any.zip", "a-1.whl", "../a-1-py3-none-any.whl",
        "x/a-1-py3-none-any.whl", "a-1-py3-none-any.whl\n", "-1-py3-none-any.whl",
        ".a-1-py3-none-any.whl", "a-1-b-py3-none-any.whl", "a b-1-py3-none-any.whl",
        "a-1-2-py3-none-any-x.whl", "rind-private-0", "a-1-py3-none-any.whl/../b"}) {
    CHECK_FALSE_MESSAGE(allowed(Kind::kWheel, name), name);
  }
  CHECK_FALSE(allowed(Kind::kWheel, std::string(300, 'a') + "-1-py3-none-any.whl"));
}

TEST_CASE("artefact: names of sdists and metadata") {
  CHECK(allowed(Kind::kSdist, "hello_ext-1.0.tar.gz"));
  CHECK(allowed(Kind::kSdist, "hello-ext-1.0.tar.gz"));
  for (const char* name :
       {"x.tar.gz", "a-dev.tar.gz", "a-1.zip", "a-1.tar.gz/..", "/a-1.tar.gz", "-1.tar.gz"}) {
    CHECK_FALSE_MESSAGE(allowed(Kind::kSdist, name), name);
  }
  CHECK(allowed(Kind::kMetadata, "hello_ext-1.0.dist-info"));
  for (const char* name : {"..", "a.dist-info", "a-1.egg-info", "../a-1.dist-info"}) {
    CHECK_FALSE_MESSAGE(allowed(Kind::kMetadata, name), name);
  }
  CHECK_FALSE(allowed(Kind::kControl, "output.json"));
}

TEST_CASE("artefact: what a work directory is called after") {
  const auto text = [](const char* directory) {
    const auto found = distribution_of(directory);
    return found ? found->name + " | " + found->version : std::string("none");
  };
  CHECK(text("hello-ext-1.0") == "hello-ext | 1.0");
  CHECK(text("Foo.Bar-1.0") == "Foo.Bar | 1.0");
  CHECK(text("foo-1.0rc1") == "foo | 1.0rc1");
  CHECK(text("foo-1!2.0.post1.dev3+g12ab") == "foo | 1!2.0.post1.dev3+g12ab");
  // Older spellings have a '-' in the version.
  CHECK(text("foo-1.0-rc1") == "foo | 1.0-rc1");
  CHECK(text("foo-bar-1.0-beta2") == "foo-bar | 1.0-beta2");
  CHECK(text("foo-2-1.0") == "foo-2 | 1.0");
  CHECK(text("foo-2-1") == "foo-2 | 1");
  CHECK(text("pytz-2004d") == "pytz | 2004d");
  CHECK(text("foo-1.0+cu124") == "foo | 1.0+cu124");
  for (const char* directory :
       {"", "work", "my-project", "gpt-v2", "-1.0", "foo-", "1.0", "foo-1.0-x/y", "foo_1.0"}) {
    CHECK_MESSAGE(text(directory) == "none", directory);
  }
}

TEST_CASE("artefact: of the step's own package only") {
  const char* wheel = "hello_ext-1.0-py3-none-any.whl";
  for (const char* package :
       {"hello-ext-1.0", "Hello.Ext-1.0", "hello__ext-1", "hello-ext-1.0.0", "hello_ext-01.0"}) {
    CHECK_MESSAGE(allowed(Kind::kWheel, wheel, package), package);
  }
  for (const char* package : {"hello-1.0", "hello-ext-more-1.0", "ext-1.0", "hello_ext2-1.0"}) {
    CHECK_FALSE_MESSAGE(allowed(Kind::kWheel, wheel, package), package);
  }
  // A prefix of another package's name is another package.
  CHECK_FALSE(allowed(Kind::kWheel, "foo-1.0-py3-none-any.whl", "foo-3d-1.0"));
  CHECK_FALSE(allowed(Kind::kSdist, "a-b-1.0.tar.gz", "a-1.0"));
  CHECK(allowed(Kind::kSdist, "a-b-1.0.tar.gz", "a_b-1.0"));
  CHECK(allowed(Kind::kSdist, "Foo.Bar-1.0.tar.gz", "foo-bar-1.0"));
  CHECK_FALSE(allowed(Kind::kSdist, "foo-2-1.tar.gz", "foo-2.post1"));
  // Where the front end lays out in another way nothing is known.
  CHECK(allowed(Kind::kWheel, wheel, "work"));
  CHECK(allowed(Kind::kWheel, wheel, "my-project"));
}

TEST_CASE("artefact: of the step's own version only") {
  const auto wheel = [](const char* version, const char* package) {
    const std::string start = std::string("pkg-") + version;
    const bool allows = allowed(Kind::kWheel, start + "-py3-none-any.whl", package);
    // The three kinds of names agree.
    CHECK_MESSAGE(allowed(Kind::kSdist, start + ".tar.gz", package) == allows, start);
    CHECK_MESSAGE(allowed(Kind::kMetadata, start + ".dist-info", package) == allows, start);
    return allows;
  };
  CHECK(wheel("1.0", "pkg-1"));
  CHECK(wheel("1.0+cu124", "pkg-1.0"));
  CHECK(wheel("1.0rc1", "pkg-1.0-rc1"));
  CHECK(wheel("1.0_rc1", "pkg-1.0rc1"));
  CHECK(wheel("1.0.post1", "pkg-1.0.post1"));
  CHECK(wheel("1.0_1", "pkg-1.0.post1"));
  CHECK(wheel("1!2.0", "pkg-1!2.0"));
  CHECK(wheel("1_2.0", "pkg-1!2.0"));
  CHECK(wheel("2004d", "pkg-2004d"));
  CHECK_FALSE(wheel("2.0", "pkg-1.0"));
  CHECK_FALSE(wheel("1.0.1", "pkg-1.0"));
  CHECK_FALSE(wheel("1.0rc1", "pkg-1.0"));
  CHECK_FALSE(wheel("1.0.dev3", "pkg-1.0"));
  CHECK_FALSE(wheel("1.0.dev3+g12", "pkg-1.0"));
  CHECK(wheel("1.0", "pkg-1.0+cu124"));
  CHECK_FALSE(wheel("2.0", "pkg-1!2.0"));
  CHECK_FALSE(wheel("2004e", "pkg-2004d"));
  // A version begins with a digit: this one is of "pkg-core".
  CHECK_FALSE(wheel("core-1.0", "pkg-1.0"));
  CHECK_FALSE(allowed(Kind::kWheel, "pkg-core-1.0-py3-none-any.whl", "pkg-1.0"));
  CHECK_FALSE(allowed(Kind::kWheel, "pkg-core-1.0-py3-none-any.whl", ""));
  CHECK(allowed(Kind::kWheel, "pkg-1.0-7-py3-none-any.whl", "pkg-1.0"));
  const std::string error =
      error_of([] { require_artefact_name(Kind::kWheel, "a_b-2.0-py3-none-any.whl", "A.b-1.0"); });
  CHECK_MESSAGE(contains(error, "its name would be a_b-1.0-*.whl"), error);
}

TEST_CASE("artefact: what pip left is chosen by name") {
  CHECK(is_wheel_of("pkg-2.0-py3-none-any.whl", "pkg-1.0"));
  CHECK(is_wheel_of("other-1.0-py3-none-any.whl", "work"));
  CHECK_FALSE(is_wheel_of("other-1.0-py3-none-any.whl", "pkg-1.0"));
  CHECK_FALSE(is_wheel_of("pkg-1.0.tar.gz", "pkg-1.0"));
}

TEST_CASE("artefact: the name in output.json") {
  const auto named = [](const char* text) { return named_result(text, "output.json"); };
  CHECK(named(R"({"return_val": "a.whl"})") == "a.whl");
  CHECK(named(R"({"return_val": null, "hook_missing": true})").empty());
  CHECK(named(R"({"unsupported": true, "traceback": "x"})").empty());
  for (const char* text : {"", "[]", "{", R"({"return_val": ["a.whl"]})", R"({"return_val": 1})",
                           R"({"return_val": "a", "return_val": "b"})", "NaN"}) {
    CHECK_FALSE_MESSAGE(error_of([&] { named(text); }).empty(), text);
  }
}

TEST_CASE("artefact: another name that the policy allows, in the package's version") {
  const std::vector<std::string> names = {"Demo_CPU", "tensorflow-*"};
  const auto refusal = [&](Kind kind, const std::string& name, const std::string& package) {
    return error_of([&] { require_artefact_name(kind, name, package, names); });
  };
  CHECK(refusal(Kind::kWheel, "demo_cpu-1.0-py3-none-any.whl", "demo-1.0").empty());
  CHECK(refusal(Kind::kMetadata, "demo_cpu-1.0.dist-info", "demo-1.0").empty());
  CHECK(refusal(Kind::kSdist, "tensorflow_cpu-2.0.tar.gz", "tensorflow-2.0").empty());
  CHECK(refusal(Kind::kWheel, "demo-1.0-py3-none-any.whl", "demo-1.0").empty());
  CHECK_FALSE(refusal(Kind::kWheel, "demo_cpu-2.0-py3-none-any.whl", "demo-1.0").empty());
  CHECK_FALSE(refusal(Kind::kWheel, "demo_gpu-1.0-py3-none-any.whl", "demo-1.0").empty());
  CHECK_FALSE(refusal(Kind::kWheel, "../demo_cpu-1.0-py3-none-any.whl", "demo-1.0").empty());
  CHECK(is_wheel_of("demo_cpu-1.0-py3-none-any.whl", "demo-1.0", names));
  CHECK_FALSE(is_wheel_of("demo_cpu-1.0-py3-none-any.whl", "demo-1.0"));
  const std::string said = error_of(
      [&] { require_artefact_name(Kind::kWheel, "demo_cpu-1.0-py3-none-any.whl", "demo-1.0"); });
  CHECK(said.find(R"({"packages": ["demo"], "policy": {"artefact_names": ["demo-cpu"]}})") !=
        std::string::npos);
}

TEST_CASE("artefact: names that are not normalised get a true message") {
  const auto said = [](const std::string& name, const std::string& package) {
    return error_of([&] { require_artefact_name(Kind::kSdist, name, package); });
  };
  // PEP 440 reads "1.0-1" as 1.0.post1, but installers split the file's name at its last '-'.
  CHECK(said("demo-1.0-1.tar.gz", "demo-1.0-1").empty());
  for (const char* package : {"demo-1.0", "demo-1.0.post1"}) {
    const std::string other = said("demo-1.0-1.tar.gz", package);
    CHECK(other.find("it names version 1 of demo-1.0;") != std::string::npos);
  }
  CHECK(said("demo-1.0+git.a-b.tar.gz", "demo-1.0+git.a.b").empty());
  const std::string local = said("demo-1.0+git.a-b.tar.gz", "demo-2.0");
  CHECK(local.find("has a version other than") != std::string::npos);
}
