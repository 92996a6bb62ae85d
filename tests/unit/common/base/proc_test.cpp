#include "common/base/proc.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <map>

#include "common/base/sys.h"
#include "tests/unit/support.h"

using namespace rind;
using rind::test::error_of;

TEST_CASE("proc: a pidfd's number in the procfs at hand") {
  const std::string head = "pos:\t0\nflags:\t02000002\nmnt_id:\t15\nino:\t1\n";
  CHECK(sys::number_in_proc(head + "Pid:\t14\nNSpid:\t14\t5\n") == 14);
  // Not in the procfs's pid namespace; ended.
  CHECK(sys::number_in_proc(head + "Pid:\t0\nNSpid:\t0\n") == 0);
  CHECK(sys::number_in_proc(head + "Pid:\t-1\nNSpid:\t-1\n") == -1);
  CHECK_FALSE(error_of([&] { sys::number_in_proc(head); }).empty());
}

TEST_CASE("proc: this process's directory") {
  const Fd self = sys::pidfd_open(::getpid());
  CHECK(sys::proc_directory(self.get()) == "/proc/" + sys::read_link(AT_FDCWD, "/proc/self"));
}

TEST_CASE("sys: an entry's type is looked up where readdir tells none") {
  const test::TemporaryDirectory temporary;
  const Fd directory = sys::open(AT_FDCWD, temporary.path(), O_RDONLY | O_DIRECTORY);
  const int top = directory.get();
  sys::make_directory(top, "directory", 0755);
  sys::make_file(top, "file", "", 0644);
  sys::make_symlink("directory", top, "link");
  struct sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  const std::string path = temporary.at("socket");
  std::strcpy(address.sun_path, path.c_str());
  const Fd socket(::socket(AF_UNIX, SOCK_STREAM, 0));
  REQUIRE(::bind(socket.get(), reinterpret_cast<struct sockaddr*>(&address), sizeof address) == 0);

  std::map<std::string, int> types;
  sys::for_each_entry(top, temporary.path(), [&](const dirent& entry) {
    CHECK(sys::entry_type(top, entry) == entry.d_type);
    dirent unknown = entry;
    unknown.d_type = DT_UNKNOWN;
    types[entry.d_name] = sys::entry_type(top, unknown);
    return true;
  });
  CHECK(types ==
        std::map<std::string, int>{
            {"directory", DT_DIR}, {"file", DT_REG}, {"link", DT_LNK}, {"socket", DT_SOCK}});
  dirent gone = {};
  gone.d_type = DT_UNKNOWN;
  std::strcpy(gone.d_name, "gone");
  CHECK(sys::entry_type(top, gone) == DT_UNKNOWN);
}
