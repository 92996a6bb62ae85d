#include "helper/step/told_paths.h"

#include <doctest/doctest.h>

namespace rind {
namespace {

using Paths = std::vector<std::string>;

TEST_CASE("told paths: lists and options, as programs read them") {
  CHECK(paths_in("/a/b") == Paths{"/a/b"});
  CHECK(paths_in("/a/b/") == Paths{"/a/b"});
  CHECK(paths_in("/a:/b:/a") == Paths{"/a:/b:/a", "/a", "/b"});
  CHECK(paths_in("-O2 -I/a/include -isystem /b -L/c/lib -Wl,-rpath,/d") ==
        Paths{"/a/include", "/b", "/c/lib", "/d"});
  CHECK(paths_in("-DX=1 -DA_ROOT=/a \"-DB_ROOT=/b\"") == Paths{"/a", "/b"});
  CHECK(paths_in("x;/a;/b") == Paths{"/a", "/b"});
  CHECK(paths_in("file:///a/b") == Paths{"/a/b"});
}

TEST_CASE("told paths: what is no absolute path") {
  for (const char* text :
       {"", "/", "//", "1/2", "a/b", "./a", "-x1/a", "https://host/a", "git@host"}) {
    CHECK_MESSAGE(paths_in(text).empty(), text);
  }
}

TEST_CASE("told paths: a value of any length gives no more than a limit") {
  std::string text;
  for (int i = 0; i < 10000; ++i) text += ":/p" + std::to_string(i);
  CHECK(paths_in(text).size() == 2048);
}

TEST_CASE("told paths: names of variables and of credentials") {
  for (const char* name : {"PWD", "OLDPWD", "HOME", "XDG_CONFIG_HOME", "HISTFILE", "SSH_AUTH_SOCK",
                           "_PYPROJECT_HOOKS_BACKEND_PATH"}) {
    CHECK_MESSAGE(is_of_the_caller(name), name);
  }
  for (const char* name : {"ARROW_HOME", "PATH", "CC", "CARGO_HOME"}) {
    CHECK_FALSE_MESSAGE(is_of_the_caller(name), name);
  }
  for (const char* name : {"MY_CACHE_DIR", "X_CACHE", "TEST_TMPDIR", "CARGO_TARGET_DIR"}) {
    CHECK_MESSAGE(is_written_by_name(name), name);
  }
  for (const char* name : {"ARROW_HOME", "CCACHE_BASEDIR", "PATH", "PKG_CONFIG_PATH"}) {
    CHECK_FALSE_MESSAGE(is_written_by_name(name), name);
  }
  for (const char* name : {".ssh", ".netrc", ".aws", "id_rsa", "credentials.toml", "a.pem"}) {
    CHECK_MESSAGE(is_credentials_name(name), name);
  }
  for (const char* name : {"bin", "lib", ".cargo", ".nvm", "dist", "tokenizers", "cmake"}) {
    CHECK_FALSE_MESSAGE(is_credentials_name(name), name);
  }
}

}  // namespace
}  // namespace rind
