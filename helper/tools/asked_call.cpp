#include "helper/tools/asked_call.h"

#include <unistd.h>

#include "common/base/error.h"

namespace rind {

AskedCall::AskedCall(const Kit& kit, const std::vector<std::string>& command,
                     const std::string& hook, const std::string& source,
                     const std::string& output) {
  if (hook.empty()) {
    chosen_.emplace(choose_call(kit, command, current_environment()));
    return;
  }
  hook_.emplace(hook, source, output, current_environment());
  const std::string& directory = hook_->working_directory();
  if (::chdir(directory.c_str()) != 0) throw_errno("enter", directory);
}

void AskedCall::add_options(RunOptions& options) const {
  if (!chosen_) return;
  options.always_step = options.always_step || chosen_->by == ChosenCall::By::kInterpreter;
  if (chosen_->by == ChosenCall::By::kScript) options.script = chosen_->seam;
  options.inside_root = options.inside_root || chosen_->inside_root;
}

}  // namespace rind
