// What a step's copy of the builder's settings has.
#include "helper/plan/settings_copy.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/unit/support.h"

namespace rind {
namespace {

constexpr const char* kToml = "/x/.cargo/config.toml";

std::optional<std::string> copied(const std::string& path, const std::string& text) {
  return settings_copy(test::default_policy().environment, path, text);
}

TEST_CASE("settings copy: whole strings and entries go") {
  for (const auto& [text, left] : std::vector<std::pair<std::string, std::string>>{
           {"[registries.own]\ntoken = \"s3cret\" # x\n", "[registries.own]\ntoken = \"\" # x\n"},
           {"DEPLOY_TOKEN = 's3cret'", "DEPLOY_TOKEN = ''"},
           {"registries.own.token = \"s3cret\"", "registries.own.token = \"\""},
           {"index = \"sparse+https://h/\"", "index = \"sparse+https://h/\""},
           {"git = \"ssh://git@h/x\"", "git = \"ssh://git@h/x\""},
           {"X = \"ghp_s3crets3crets3crets3cret\"", "X = \"\""},
           {"proxy = \"http://u:s3cret@h:3128\"", "proxy = \"http://h:3128\""},
           {"[easy_install]\nindex_url = https://me:s3cret@host/simple\n",
            "[easy_install]\nindex_url = https://host/simple\n"}}) {
    CHECK(copied(kToml, text) == left);
  }
  CHECK(copied("/h/.config/go/env", "GOPROXY=https://u:s3cret@h/\nMY_TOKEN=s3cret\nGOFLAGS=-x") ==
        "GOPROXY=https://h/\nGOFLAGS=-x\n");
}

TEST_CASE("settings copy: none of a file that may still have a credential") {
  for (const char* text :
       {"DEPLOY_TOKEN = { value = \"ab\\\"s3cret\", force = true }", "my-password = ['s3cret']",
        "my-password = [\n  's3cret'\n]", "TOKEN = \"\"\"s3\ncret\"\"\"",
        "TOKEN = \"ab\\\"s3cret\"", "[env.MY_TOKEN]\nvalue = \"s3cret\"",
        "env.MY_TOKEN.value = \"s3\\\"cret\"", "\"my.token\" = [\"s3cret\"]",
        "proxy = [\"user:s3cret@host:3128\"]", "password =\n   s3cret\n",
        "build --remote_header=x-buildbuddy-api-key=s3cret",
        "build --remote_header=Authorization=\\\n s3cret",
        "build --remote_cache=grpcs://s3cret@cache", "x = ['https://s3cretOfNoForm@h/']",
        "password: s3cret", "a = 1 # token = s3cret"}) {
    CAPTURE(text);
    CHECK_FALSE(copied(kToml, text));
  }
  for (const std::string text : {"[user\ntoken = s3cret", "[x]\nname = \"a\\q\"\ntoken = s3cret"}) {
    CHECK_FALSE(copied("/h/.gitconfig", text));
  }
}

TEST_CASE("settings copy: a git configuration keeps the rest") {
  const std::string rest = "[user]\n\tname = \"x\"\n\temail = \"x@example.org\"\n";
  for (const std::string secret :
       {"[http]\nproxy = user:s3cret@proxy:3128", "[imap]\npass = s3cret",
        "[gitcvs]\ndbPass = s3cret", "[gitlab]\nprivatetoken = s3cret",
        "[x]\nx = ghp_s3crets3crets3crets3cret", "[http]\nextraHeader = X-JFrog-Art-Api: s3cret",
        "[credential]\nhelper = /usr/bin/h --pw s3cret",
        "[url \"https://u:p\\\"s3cret@h/\"]\ninsteadOf = x:",
        "[url \"https://s3cret@h/\"]\ninsteadOf = x:", "# token = s3cret",
        "[commit]\ngpgSign = true"}) {
    CAPTURE(secret);
    CHECK(copied("/h/.gitconfig", rest + secret + "\n") == rest);
  }
  const std::string kept =
      "[url \"git@h:\"]\n\tinsteadof = \"https://h/\"\n[url \"ssh://git@h/\"]\n\tinsteadof = "
      "\"x:\"\n"
      "[init]\n\tdefaultbranch = \"main\"\n[safe]\n\tdirectory = \"*\"\n[http]\n\tproxy = "
      "\"http://proxy:3128\"\n";
  CHECK(copied("/h/.config/git/config", kept) == kept);
}

TEST_CASE("settings copy: what builds set stays as it is") {
  for (const std::string text :
       {R"(paths = ["/opt/own"]
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
)",
        "rustflags = [\"--cfg=key=\\\"v\\\"\", \"-Ctarget-cpu=native\"]\n",
        "build --action_env=PATH=/opt/aws-cli:/usr/local/bin:/usr/bin --copt=-O2\n",
        "include_dirs = /opt/aws-sdk:/usr/local/include\n"}) {
    CAPTURE(text);
    CHECK(copied(kToml, text) == text);
  }
  for (const char* text : {"CGO_LDFLAGS=-L/opt/x -Wl,-rpath=/opt/aws_sdk:/usr/lib -lfoo\n",
                           "CGO_CFLAGS=-I/opt/aws-sdk:x -DKEY=1\nGOFLAGS=-mod=vendor\n"}) {
    CHECK(copied("/h/.config/go/env", text) == text);
  }
}

}  // namespace
}  // namespace rind
