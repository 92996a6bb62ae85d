#include "helper/supervisor/new_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <set>
#include <string>

#include "common/base/held.h"
#include "common/base/sys.h"
#include "tests/unit/support.h"

using namespace rind;

namespace {

struct Directory : test::TemporaryDirectory {
  Directory() {
    open = sys::open(AT_FDCWD, path(), O_RDONLY | O_DIRECTORY);
    sys::make_file(open.get(), "file", "old", 0600);
  }
  std::set<std::string> names() const {
    std::set<std::string> found;
    sys::for_each_entry(open.get(), path(), [&](const dirent& entry) {
      found.insert(entry.d_name);
      return true;
    });
    return found;
  }
  std::string content() const { return sys::read_file(at("file"), 9); }
  Fd open;
};

}  // namespace

TEST_CASE("new file: the old one stays until the new one is whole") {
  const Directory directory;
  {
    NewFile file(directory.open.get());
    sys::write_all(file.held(), "half", "file");
    CHECK(directory.content() == "old");
  }
  CHECK(directory.names() == std::set<std::string>{"file"});
  NewFile file(directory.open.get());
  sys::write_all(file.held(), "new", "file");
  file.put("file");
  CHECK(directory.content() == "new");
  CHECK(directory.names() == std::set<std::string>{"file"});
}

TEST_CASE("new file: a link, and a second name") {
  const Directory directory;
  NewFile link(directory.open.get(), "target");
  CHECK(S_ISLNK(sys::stat_fd(link.held(), "link").st_mode));
  link.put("link");
  CHECK(sys::read_link(directory.open.get(), "link") == "target");
  const Fd held = sys::hold(directory.open.get(), "file");
  NewFile::link_to(directory.open.get(), held.get()).put("second");
  // In place of a name of the same file rename(2) does nothing, and leaves both.
  NewFile::link_to(directory.open.get(), held.get()).put("second");
  CHECK(directory.names() == std::set<std::string>{"file", "link", "second"});
}
