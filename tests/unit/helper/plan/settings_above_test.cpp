#include <doctest/doctest.h>

#include "tests/unit/scene.h"

namespace rind {
namespace {

using test::planned;
using test::Scene;

Scene with_settings(const std::string& path, const std::string& content = "[build]\n") {
  Scene scene;
  scene.facts.copied_settings = {{path, content, false}};
  return scene;
}

TEST_CASE("settings above the sources: shown where the place around them is hidden") {
  for (const char* path :
       {"/opt/app-root/src/jobs/pkg-1/.cargo/config.toml", "/opt/app-root/src/jobs/.cargo/config",
        "/opt/app-root/src/rust-toolchain.toml"}) {
    const Plan plan = with_settings(path).plan();
    const PlannedView* view = planned(plan, path);
    REQUIRE_MESSAGE(view != nullptr, path);
    CHECK(view->kind == PlannedView::Kind::kFile);
    CHECK(view->content == "[build]\n");
  }
}

TEST_CASE("settings above the sources: not where the step sees the place, or a view decides") {
  CHECK(planned(with_settings("/opt/.cargo/config.toml").plan(), "/opt/.cargo/config.toml") ==
        nullptr);
  const std::string path = "/opt/app-root/src/jobs/.cargo/config.toml";
  Scene scene = with_settings(path);
  scene.policy.views.push_back({"/opt/app-root/src/jobs/.cargo", {View::kHidden}});
  scene.facts.paths["/opt/app-root/src/jobs/.cargo"] = {
      test::directory("/opt/app-root/src/jobs/.cargo")};
  CHECK(planned(scene.plan(), path) == nullptr);
}

TEST_CASE(
    "settings above the sources: without credentials, also in what the policy calls so in "
    "variables") {
  const std::string path = "/opt/app-root/src/jobs/.cargo/config.toml";
  for (const auto& [text, left] : std::vector<std::pair<std::string, std::string>>{
           {"[registries.own]\ntoken = \"s3cret\"\n", "[registries.own]\ntoken = \"\"\n"},
           {"AWS_SECRET_ACCESS_KEY = \"s3cret\"", "AWS_SECRET_ACCESS_KEY = \"\""},
           {"DEPLOY_TOKEN = { value = \"s3cret\", force = true }",
            "DEPLOY_TOKEN = { value = \"\", force = true }"},
           {"my-password = ['s3cret', 's3cret']", "my-password = ['', '']"},
           {"TOKEN = \"\"\"s3\ncret\"\"\"\nA = 1", "TOKEN = \"\"\"\"\"\"\nA = 1"},
           {"index = \"sparse+https://s3cretOfNoForm@h/\"", "index = \"sparse+https://h/\""},
           {"git = \"ssh://git@h/x\"", "git = \"ssh://git@h/x\""},
           {"X = \"ghp_s3crets3crets3crets3cret\"", "X = \"\""},
           {"proxy = \"http://u:s3cret@h:3128\"", "proxy = \"http://h:3128\""},
           {"rustflags = [\"-C\", \"target-cpu=native\"]\njobs = 4\noffline = true",
            "rustflags = [\"-C\", \"target-cpu=native\"]\njobs = 4\noffline = true"},
           {"[source.crates-io]\nreplace-with = \"vendored\"\n[source.vendored]\ndirectory = \"v\"",
            "[source.crates-io]\nreplace-with = \"vendored\"\n[source.vendored]\ndirectory = "
            "\"v\""},
           {"GOFLAGS=-tags=x -mod=vendor\n", "GOFLAGS=-tags=x -mod=vendor\n"}}) {
    const Plan plan = with_settings(path, text).plan();
    const PlannedView* view = planned(plan, path);
    REQUIRE(view != nullptr);
    CHECK(view->content == left);
  }
}

TEST_CASE("settings above the sources: what builds set there stays as it is") {
  const std::string path = "/opt/app-root/src/jobs/.cargo/config.toml";
  for (const std::string text : {R"(paths = ["/opt/own"]
[build]
jobs = 4
rustc-wrapper = "/usr/bin/sccache"
target = ["x86_64-unknown-linux-gnu"]
target-dir = "/mnt/target"
rustflags = ["-C", "link-arg=-fuse-ld=lld"]
incremental = false
[credential-alias]
own = ["/usr/bin/own", "--login"]
[env]
OPENSSL_DIR = "/opt/openssl"
PKG_CONFIG_PATH = { value = "lib/pkgconfig", relative = true }
TMPDIR = { value = "/mnt/tmp", force = true }
[http]
proxy = "http://proxy.example:3128"
cainfo = "/etc/pki/ca.pem"
[net]
offline = true
git-fetch-with-cli = true
[profile.release]
lto = "thin"
codegen-units = 1
debug = "line-tables-only"
strip = true
[registries.own]
index = "sparse+https://crates.example/index/"
[registry]
default = "own"
[source.crates-io]
replace-with = "vendored-sources"
[source.vendored-sources]
directory = "/opt/vendor"
[source.mirror]
registry = "sparse+https://mirror.example/crates.io-index/"
[source."git+https://git.example/x?branch=main"]
git = "https://git.example/x"
branch = "main"
[target.x86_64-unknown-linux-gnu]
linker = "clang"
runner = "qemu-x86_64"
)",
                                 R"([toolchain]
channel = "1.80.0"
components = ["rustfmt", "rust-src"]
profile = "minimal"
)",
                                 R"(GOFLAGS=-mod=vendor -trimpath
GOPROXY=https://proxy.golang.org,direct
GOPRIVATE=*.example.org
GOSUMDB=off
CGO_CFLAGS=-O2 -g
)",
                                 R"([build_ext]
include_dirs = /opt/include:/usr/local/include
define = USE_X=1
[config]
compiler = unix
[easy_install]
index_url = https://pypi.example/simple
)",
                                 R"(startup --output_user_root=/mnt/bazel
build --jobs=8 --copt=-O3 --config=opt
build --repository_cache=/mnt/repos --disk_cache=/mnt/disk
build --action_env=PYTHON_BIN_PATH=/usr/bin/python3
build --remote_cache=grpcs://cache.example:443
)",
                                 R"(python 3.12.4
nodejs 20.11.0
)"}) {
    const Plan plan = with_settings(path, text).plan();
    const PlannedView* view = planned(plan, path);
    REQUIRE(view != nullptr);
    CHECK(view->content == text);
  }
}

}  // namespace
}  // namespace rind
