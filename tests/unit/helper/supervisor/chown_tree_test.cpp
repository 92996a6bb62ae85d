#include "helper/supervisor/chown_tree.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <set>
#include <string>

#include "common/base/sys.h"
#include "common/base/text.h"
#include "tests/unit/support.h"

using namespace rind;

namespace {

// A tree with a file `one` that has another name outside of it, and a file `both` with two names in
// it.
class Tree {
 public:
  Tree() {
    std::filesystem::create_directories(path_ + "/other");
    std::filesystem::create_directory(root_.at("outside"));
    top_ = sys::open(AT_FDCWD, path_, O_RDONLY | O_DIRECTORY);
    sys::make_file(top_.get(), "both", "x", 0600);
    sys::make_file(top_.get(), "one", "x", 0600);
    std::filesystem::create_hard_link(path_ + "/both", path_ + "/other/both");
    std::filesystem::create_hard_link(path_ + "/one", root_.at("outside/one"));
  }

  // When its directories seem to have been changed, in seconds from now.
  void set_times(time_t from_now) const {
    const struct timespec time = {::time(nullptr) + from_now, 0}, times[] = {time, time};
    for (const auto& name : {path_, path_ + "/other"}) {
      REQUIRE(::utimensat(AT_FDCWD, name.c_str(), times, 0) == 0);
    }
  }
  // The names that count as having others outside. entered: called with each directory's path.
  std::set<std::string> outside(const std::function<void(const std::string& path)>& entered = {}) {
    std::set<std::string> found;
    TreeWalk walk;
    walk.looking = Looking::kOnly;
    walk.decide = [](const TreeEntry&) { return Change{}; };
    walk.outside_link = [&](const TreeEntry& entry, uint32_t) {
      found.insert(entry.name);
      ::unlinkat(entry.directory, entry.name, 0);  // a copy takes its place
    };
    if (entered) walk.entered = [&](const TreeEntry& entry) { entered(entry.path()); };
    size_ = chown_below(top_.get(), path_, walk);
    return found;
  }
  bool disturbed() const { return size_.disturbed; }
  const std::string& path() const { return path_; }

 private:
  const test::TemporaryDirectory root_;
  const std::string path_ = root_.at("inside");
  Fd top_;
  TreeSize size_;
};

const std::set<std::string> kOne = {"one"}, kAll = {"both", "one"};

// In a mount namespace of its own, as root: gives the files of an overlay's lower layer another
// owner, and removes the first one while the walk holds it. Returns 0 when the walk went on.
int chown_lower_layer() {
  const std::string top = "/tmp/all", lower = top + "/lower", tree = top + "/merged";
  if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) ||
      ::mount("none", "/tmp", "tmpfs", 0, nullptr) != 0) {
    return 1;
  }
  for (const char* name : {"/lower", "/upper", "/work", "/merged"}) {
    std::filesystem::create_directories(top + name);
  }
  for (const char* name : {"/one", "/two"}) sys::make_file(AT_FDCWD, lower + name, "x", 0600);
  const std::string options =
      "lowerdir=" + lower + ",upperdir=" + top + "/upper,workdir=" + top + "/work";
  if (::mount("none", tree.c_str(), "overlay", 0, options.c_str()) != 0) return 2;
  const Fd opened = sys::open(AT_FDCWD, tree, O_RDONLY | O_DIRECTORY);
  TreeWalk walk;
  bool removed = false;
  walk.decide = [&](const TreeEntry& entry) {
    if (!removed) ::unlinkat(entry.directory, entry.name, 0);
    removed = true;
    return Change{Owner{1, 1}, {}};
  };
  const TreeSize size = chown_below(opened.get(), tree, walk);
  int given = 0;
  for (const char* name : {"/one", "/two"}) {
    struct stat st = {};
    if (::lstat((tree + name).c_str(), &st) == 0) given += st.st_uid == 1 ? 1 : 10;
  }
  return size.disturbed && given == 1 ? 0 : 3;
}

// In the directory that the walk is about to list.
void change_all_the_time(const std::string& path) {
  sys::make_symlink("x", AT_FDCWD, path + "/link");
  ::unlink((path + "/link").c_str());
}

}  // namespace

TEST_CASE("chown tree: a tree that was made just now is none that changes") {
  for (int i = 0; i < 50; ++i) {
    Tree tree;
    CHECK(tree.outside() == kOne);
  }
}

TEST_CASE("chown tree: a name that is replaced makes no name outside one of the tree's") {
  Tree tree;
  std::filesystem::create_hard_link(tree.path() + "/one", tree.path() + "/two");
  std::filesystem::create_hard_link(tree.path() + "/one", tree.path() + "/other/three");
  CHECK(tree.outside() == std::set<std::string>{"one", "two", "three"});
}

TEST_CASE("chown tree: a time that is yet to come is no change") {
  Tree tree;
  tree.set_times(3600);
  CHECK(tree.outside() == kOne);
  CHECK_FALSE(tree.disturbed());
  // The control: something has changed meanwhile.
  tree.outside(change_all_the_time);
  CHECK(tree.disturbed());
}

TEST_CASE("chown tree: where it changes all the time, no count is trusted") {
  Tree tree;
  CHECK(tree.outside(change_all_the_time) == kAll);
}

// Above 32 levels the way back is by "..", and a directory that was moved has another one.
TEST_CASE("chown tree: a walk that is begun again counts no name twice") {
  Tree tree;
  std::string below = tree.path();
  for (int i = 0; i < 40; ++i) below += "/d";
  std::filesystem::create_directories(below);
  const std::string moved = parent_of(parent_of(below));
  const auto move = [&](const std::string& path) {
    if (path != below) return;
    std::filesystem::rename(moved, tree.path() + "/other/moved");
    constexpr struct timespec kLater = {0, 50'000'000};
    ::nanosleep(&kLater, nullptr);  // so that the next pass does not see it as a change
  };
  CHECK(tree.outside(move) == kOne);
  CHECK_FALSE(std::filesystem::exists(moved));
}

// An overlay cannot change a file of a lower layer that has lost its name.
TEST_CASE("chown tree: a file of an image's layer that is removed meanwhile is none to change") {
  if (::geteuid() != 0) return;
  const pid_t pid = ::fork();
  if (pid == 0) {
    int result = 4;
    try {
      result = chown_lower_layer();
    } catch (const Error&) {  // NOLINT(bugprone-empty-catch): the status tells
    }
    ::_exit(result);
  }
  const int status = sys::wait_for(pid);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}
