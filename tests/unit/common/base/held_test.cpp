#include "common/base/held.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cstdio>
#include <string>

#include "common/base/sys.h"
#include "tests/unit/support.h"

using namespace rind;

namespace {

// A directory with a file `held`, which is then replaced by a link to the file `outside`.
struct Replaced {
  Replaced() {
    directory = sys::open(AT_FDCWD, temporary.path(), O_RDONLY | O_DIRECTORY);
    sys::make_file(directory.get(), "held", "x", 0600);
    sys::make_file(directory.get(), "outside", "OUTSIDE", 0600);
    file = sys::hold(directory.get(), "held");
    REQUIRE(::renameat(directory.get(), "held", directory.get(), "moved") == 0);
    sys::make_symlink("outside", directory.get(), "held");
  }
  mode_t mode(const char* name) const {
    struct stat st = {};
    REQUIRE(::fstatat(directory.get(), name, &st, AT_SYMLINK_NOFOLLOW) == 0);
    return st.st_mode & 07777;
  }
  test::TemporaryDirectory temporary;
  Fd directory, file;
};

}  // namespace

TEST_CASE("held: what is held is changed and read, whatever has its name now") {
  const Replaced replaced;
  sys::set_mode(replaced.file.get(), 0640, "held");
  CHECK(replaced.mode("moved") == 0640);
  CHECK(replaced.mode("outside") == 0600);
  CHECK(sys::read_all(sys::open_held(replaced.file.get(), O_RDONLY, "held").get(), 9, "") == "x");
  // The control: by its name, the other file would have been changed.
  REQUIRE(::fchmodat(replaced.directory.get(), "held", 0644, 0) == 0);
  CHECK(replaced.mode("outside") == 0644);
}

TEST_CASE("held: a link is held itself, and what is absent is none") {
  const Replaced replaced;
  const Fd link = sys::hold(replaced.directory.get(), "held");
  REQUIRE(link);
  CHECK(S_ISLNK(sys::stat_fd(link.get(), "held").st_mode));
  CHECK(sys::read_link(link.get(), "") == "outside");
  CHECK_FALSE(sys::hold(replaced.directory.get(), "nothing"));
  CHECK_FALSE(test::error_of([&] { sys::hold(link.get(), "below"); }).empty());
}
