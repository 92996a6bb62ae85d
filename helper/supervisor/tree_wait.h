// Waiting for a tree that another step uses.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "common/policy/policy.h"
#include "helper/pid1/signals.h"
#include "helper/supervisor/lend.h"
#include "helper/supervisor/supervisor.h"

namespace rind {

class TreeWait {
 public:
  // limits: the wall clock limit holds for the waiting, too.
  TreeWait(const SignalGuard& signals, const LimitRules& limits)
      : signals_(signals), limits_(limits) {}

  // Calls `act` until it does not throw TreeInUse. Between the calls it waits for the tree in use,
  // and says so after 5 s. Returns nothing when `act` returned; otherwise how the waiting ended: by
  // a signal that ends a step, or at the limit. Throws what `act` throws.
  std::optional<SandboxEnd> until_free(const std::function<void()>& act);
  // The tree that was waited for last.
  const std::string& path() const { return path_; }

 private:
  std::optional<SandboxEnd> wait_for(const TreeInUse& used);

  const SignalGuard& signals_;
  const LimitRules& limits_;
  std::string path_;
  int64_t began_ = -1;  // of the first wait, in milliseconds
  bool said_ = false;
};

}  // namespace rind
