// The call that a person asks about: a command, as the seam that would take it makes of it, or a
// hook, simulated.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "helper/plan_call.h"
#include "helper/seam_choice.h"
#include "helper/tools/made_up_call.h"

namespace rind {

class AskedCall {
 public:
  // hook and source: empty for a command. For a hook, changes the working directory to the sources.
  // Throws Error.
  AskedCall(const Kit& kit, const std::vector<std::string>& command, const std::string& hook,
            const std::string& source, const std::string& output);

  const Call& call() const { return hook_ ? hook_->call() : chosen_->call; }
  // Adds what the seam adds to the options of its call.
  void add_options(RunOptions& options) const;
  bool is_front_ends() const { return chosen_ && chosen_->by == ChosenCall::By::kFrontEnd; }
  // Nothing for a hook.
  const std::optional<ChosenCall>& chosen() const { return chosen_; }
  const std::optional<PretendedHook>& hook() const { return hook_; }

 private:
  std::optional<PretendedHook> hook_;
  std::optional<ChosenCall> chosen_;
};

}  // namespace rind
