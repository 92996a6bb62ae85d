#include "hook/stages/first_look.h"

#include <linux/capability.h>
#include <sys/mman.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "common/base/error.h"
#include "common/base/sys.h"
#include "hook/container/privileges.h"
#include "hook/decide/verdict.h"
#include "hook/stages/commands.h"
#include "hook/stages/hook_call.h"
#include "hook/stages/scripts.h"

namespace rind::hook {
namespace {

bool is_no_builder(const Container& container, const State& state, const HostPaths& paths,
                   Log& log) {
  const Config config = read_config(state.bundle);
  log.name_container(config);
  const Verdict verdict = judge(paths.policy, state, config, Rules::kOfSeams);
  if (!verdict.usable() || !verdict.reason.empty()) return false;
  const Policy& rules = verdict.rules();
  if (!rules.containers.seam) return true;
  // The others stay permitted for the program that may be executed.
  lower_capabilities({CAP_DAC_READ_SEARCH});
  const Root rootfs = container.open_rootfs(config.root);
  return scripts_of(&container, rootfs, rules.seams, config, verdict.reason, log).empty();
}

// The state becomes the standard input again: it was read from a pipe.
void give_back(const std::string& state) {
  const Fd input(::memfd_create("state", MFD_CLOEXEC));
  if (!input) throw_errno("make a file in memory");
  sys::write_all(input.get(), state, "a file in memory");
  if (::lseek(input.get(), 0, SEEK_SET) != 0 || ::dup2(input.get(), STDIN_FILENO) < 0) {
    throw_errno("give back the container's state");
  }
}

[[noreturn]] void leave_to_commands(const State& state, const HostPaths& paths) {
  give_back(state.text);
  std::vector<std::string> call = hook_call(paths);
  std::vector<char*> words;
  for (auto& word : call) words.push_back(word.data());
  words.push_back(nullptr);
  execute_commands(words.data());
}

}  // namespace

void first_look(const Container& container, const State& state, const HostPaths& paths, Log& log) {
  try {
    if (is_no_builder(container, state, paths, log)) return;
  } catch (const Error&) {
    // The other program meets the error, too, and says what it means for this container.
  }
  leave_to_commands(state, paths);
}

void first_look_unseen(const State& state, const HostPaths& paths, const CannotLook& /*denied*/,
                       Log& /*log*/) {
  leave_to_commands(state, paths);
}

}  // namespace rind::hook
