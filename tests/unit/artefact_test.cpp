#include "helper/artefact.h"

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
  for (const char* name : {"x.tar.gz", "a-1.zip", "a-1.tar.gz/..", "/a-1.tar.gz", "-1.tar.gz"}) {
    CHECK_FALSE_MESSAGE(allowed(Kind::kSdist, name), name);
  }
  CHECK(allowed(Kind::kMetadata, "hello_ext-1.0.dist-info"));
  for (const char* name : {"..", "a.dist-info", "a-1.egg-info", "../a-1.dist-info"}) {
    CHECK_FALSE_MESSAGE(allowed(Kind::kMetadata, name), name);
  }
  CHECK_FALSE(allowed(Kind::kControl, "output.json"));
}

TEST_CASE("artefact: of the step's own package only") {
  const char* wheel = "hello_ext-1.0-py3-none-any.whl";
  for (const char* package : {"hello-ext-1.0", "Hello.Ext-1.0", "hello__ext-2"}) {
    CHECK_MESSAGE(allowed(Kind::kWheel, wheel, package), package);
  }
  for (const char* package : {"hello-1.0", "hello-ext-more-1.0", "ext-1.0", "hello_ext2-1.0"}) {
    CHECK_FALSE_MESSAGE(allowed(Kind::kWheel, wheel, package), package);
  }
  // A prefix of another package's name is another package.
  CHECK_FALSE(allowed(Kind::kWheel, "foo-1.0-py3-none-any.whl", "foo-3d-1.0"));
  CHECK_FALSE(allowed(Kind::kSdist, "a-b-1.0.tar.gz", "a-1.0"));
  CHECK(allowed(Kind::kSdist, "a-b-1.0.tar.gz", "a_b-1.0"));
  // Where the front end lays out in another way nothing is known.
  CHECK(allowed(Kind::kWheel, wheel, "work"));
  CHECK(allowed(Kind::kWheel, wheel, "my-project"));
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
