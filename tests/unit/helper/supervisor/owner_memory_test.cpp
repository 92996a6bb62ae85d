#include "helper/supervisor/owner_memory.h"

#include <sys/stat.h>

#include "common/base/error.h"
#include "tests/unit/support.h"

using namespace rind;

namespace {

TreeEntry file(ino_t inode, int64_t birth, mode_t type = S_IFREG) {
  TreeEntry entry;
  entry.identity = {1, inode};
  entry.birth = birth;
  entry.mode = type | 0644;
  return entry;
}

}  // namespace

TEST_CASE("owner memory: a file is its inode, type and time of birth") {
  OwnerMemory memory;
  for (ino_t inode = 100; inode > 0; --inode) memory.remember(file(inode, 7), {1000, 2000});
  memory.remember(file(200, 7, S_IFDIR), {1001, 0});
  CHECK(memory.owner_of(file(50, 7)) == Owner{1000, 2000});
  CHECK(memory.owner_of(file(200, 7, S_IFDIR)) == Owner{1001, 0});
  CHECK_FALSE(memory.owner_of(file(200, 7)));
  CHECK_FALSE(memory.owner_of(file(50, 8)));
  CHECK_FALSE(memory.owner_of(file(50, 7, S_IFLNK)));
  CHECK_FALSE(memory.owner_of(file(101, 7)));
}

TEST_CASE("owner memory: the latest of two owners of one file") {
  OwnerMemory memory;
  memory.remember(file(5, 7), {1000, 1000});
  memory.remember(file(5, 7), {1001, 1001});
  CHECK(memory.owner_of(file(5, 7)) == Owner{1001, 1001});
}
