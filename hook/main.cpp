// rind-hook: the OCI hook, on the build host.
//
// As a hook (`rind-hook hook`, see oci-hooks.d/50-oci-rind.json) it reads the container's state
// from standard input. Its exit status decides: 0 lets the container start, 1 does not. It runs as
// the runtime's user, often root, for every container of the host; every rootfs is hostile.
//
// It starts twice for each container, so it loads nothing. Everything that people call rind-hook
// for, and builders that need libmount, are another program's, which it executes.
#include <grp.h>
#include <malloc.h>
#include <pwd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>

#include "common/base/remedy.h"
#include "common/base/sys.h"
#include "hook/paths.h"
#include "hook/stages/commands.h"
#include "hook/stages/first_look.h"
#include "hook/stages/hook_call.h"
#include "hook/stages/run_hook.h"

// libcap-ng is one object, and its capng_change_id(), which nobody calls here, needs name services:
// the first two until 0.8, the other two from 0.9 on. In a static program those would load
// libraries at run time.
extern "C" {
struct passwd* getpwuid(uid_t /*uid*/) {
  return nullptr;
}
int initgroups(const char* /*user*/, gid_t /*group*/) {
  errno = ENOSYS;
  return -1;
}
int getpwuid_r(uid_t /*uid*/, struct passwd* /*entry*/, char* /*buffer*/, size_t /*size*/,
               struct passwd** result) {
  *result = nullptr;
  return ENOSYS;
}
int getgrouplist(const char* /*user*/, gid_t /*group*/, gid_t* /*groups*/, int* count) {
  *count = 0;
  return -1;
}
}

int main(int argc, char** argv) {
  using namespace rind;
  sys::fill_standard_streams();
  if (argc < 1) return 1;
  if (const auto paths = hook::parse_hook_call(argv + 1)) {
    // One brk(2) in the place of many, and nothing given back, to be faulted in again.
    ::mallopt(M_TOP_PAD, 512 * 1024);
    ::mallopt(M_TRIM_THRESHOLD, 64 * 1024 * 1024);
    ::_exit(hook::run_hook(*paths, hook::kFirstLook));
  }
  // rind-hook check compares it with its own.
  if (argc == 2 && std::strcmp(argv[1], "--version") == 0) {
    return std::puts("rind-hook " RIND_VERSION) < 0 ? 1 : 0;
  }
  try {
    hook::execute_commands(argv);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "rind-hook: %s\n", with_remedy(e, "install rind again").c_str());
    return 1;
  }
}
