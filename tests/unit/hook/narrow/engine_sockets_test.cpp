#include "hook/narrow/engine_sockets.h"

#include <glob.h>

#include <algorithm>
#include <filesystem>

#include "common/base/sys.h"
#include "tests/unit/support.h"

using namespace rind;
using namespace rind::hook;

namespace {

std::vector<std::string> by_glob(const std::string& pattern) {
  glob_t found = {};
  std::vector<std::string> paths;
  if (::glob(pattern.c_str(), 0, nullptr, &found) == 0) {
    for (size_t i = 0; i < found.gl_pathc; ++i) {
      paths.push_back(std::filesystem::canonical(found.gl_pathv[i]));
    }
  }
  ::globfree(&found);
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace

TEST_CASE("engine sockets: a pattern matches what glob(3) matches") {
  const test::TemporaryDirectory directory;
  const std::string& top = directory.path();
  for (const char* path : {"1000/podman", "1001/podman", ".hidden/podman", "a*b/podman", "empty"}) {
    std::filesystem::create_directories(top + "/" + path);
  }
  std::filesystem::create_directory_symlink("1000", top + "/link");
  const auto table = known_mount_table(sys::read_file("/proc/self/mountinfo", 1 << 20));
  REQUIRE(table);
  size_t matched = 0;
  for (const char* pattern :
       {"/1000/podman", "/*/podman", "/100?/podman", "/100[0-1]/podman", "/100[!0]/podman",
        "/.*den/podman", "//1000//podman", "/a\\*b/podman", "/a[*]b/*", "/*/pod*", "/none/*",
        "/empty/*", "/1000", "/*", "/*/*/podman", "/link/podman", "/[/podman"}) {
    CAPTURE(pattern);
    std::vector<std::string> paths;
    for (const auto& file : find_engine_files({top + pattern}, *table)) paths.push_back(file.path);
    std::sort(paths.begin(), paths.end());
    auto expected = by_glob(top + pattern);
    expected.erase(std::unique(expected.begin(), expected.end()), expected.end());
    CHECK(paths == expected);
    matched += paths.size();
  }
  CHECK(matched > 15);
}
