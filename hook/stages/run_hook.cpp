#include "hook/stages/run_hook.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <exception>

#include "common/base/error.h"
#include "common/base/sys.h"
#include "hook/log/log.h"

namespace rind::hook {
namespace {

// Drops the runtime's environment and descriptors. A leaked descriptor could lead out of the
// container (CVE-2024-21626). Where the hook is not static, clearing the environment comes too late
// for variables of the dynamic linker, such as LD_PRELOAD (CVE-2025-23266): the hook file sets the
// hook's environment (`env` in oci-hooks.d/50-oci-rind.json).
void forget_the_caller() {
  ::clearenv();
  sys::close_from(3);
  ::umask(0);  // the kit has exact modes
  sys::set_undumpable();
  if (::chdir("/") != 0) throw_errno("change directory", "/");
}

}  // namespace

int run_hook(const HostPaths& paths, const Prestart& prestart) {
  Log log;
  try {
    forget_the_caller();
    const State state = read_state(STDIN_FILENO);
    log.name_container(state);
    run_stage(state, paths, prestart, log);
    return 0;
  } catch (const std::exception& e) {
    log.refusal(e);
    return 1;
  }
}

}  // namespace rind::hook
