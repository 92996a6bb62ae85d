#include "hook/container/privileges.h"

#include <cap-ng.h>

#include <algorithm>

#include "common/base/error.h"

namespace rind::hook {
namespace {

Error cannot_read() {
  return Error("drop capabilities", "libcap-ng cannot read the hook's capabilities",
               "mount a procfs on /proc, and see that no security module denies capget(2)");
}

Error cannot_set() {
  return Error("drop capabilities", "libcap-ng cannot set the hook's capabilities",
               "start the engine with the capabilities of its user, without a filter of its "
               "service on capset(2)");
}

// libcap-ng knows them from then on: nothing but its own calls changes them here.
void read_capabilities() {
  static bool known = false;
  if (!known && capng_get_caps_process() != 0) throw cannot_read();
  known = true;
}

}  // namespace

void keep_capabilities(const std::vector<unsigned>& capabilities) {
  read_capabilities();
  std::vector<unsigned> kept;
  for (const unsigned capability : capabilities) {
    if (capng_have_capability(CAPNG_PERMITTED, capability) != 0) kept.push_back(capability);
  }
  const bool may_bound = capng_have_capability(CAPNG_PERMITTED, CAP_SETPCAP) != 0;
  if (may_bound && capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP) == 0) {
    capng_update(CAPNG_ADD, CAPNG_EFFECTIVE, CAP_SETPCAP);
    if (capng_apply(CAPNG_SELECT_CAPS) != 0) throw cannot_set();
  }
  capng_clear(CAPNG_SELECT_BOTH);
  for (const unsigned capability : kept) {
    const auto sets = static_cast<capng_type_t>(CAPNG_EFFECTIVE | CAPNG_PERMITTED);
    capng_update(CAPNG_ADD, sets, capability);
  }
  // The first call still has CAP_SETPCAP and empties the bounding set. Without CAP_SETPCAP the set
  // stays, which is harmless: the hook executes no programs.
  if (capng_apply(may_bound ? CAPNG_SELECT_BOTH : CAPNG_SELECT_CAPS) != 0) throw cannot_set();
}

void lower_capabilities(const std::vector<unsigned>& capabilities) {
  read_capabilities();
  constexpr unsigned kMost = 64;
  for (unsigned capability = 0; capability < kMost; ++capability) {
    const bool kept =
        std::find(capabilities.begin(), capabilities.end(), capability) != capabilities.end();
    if (!kept) capng_update(CAPNG_DROP, CAPNG_EFFECTIVE, capability);
  }
  if (capng_apply(CAPNG_SELECT_CAPS) != 0) throw cannot_set();
}

bool has_capability(unsigned capability) {
  return capng_get_caps_process() == 0 && capng_have_capability(CAPNG_EFFECTIVE, capability) != 0;
}

}  // namespace rind::hook
