#include "hook/stages/first_look.h"

#include <linux/capability.h>
#include <sys/mman.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/error.h"
#include "common/base/sys.h"
#include "hook/container/mount_table.h"
#include "hook/container/privileges.h"
#include "hook/decide/verdict.h"
#include "hook/stages/commands.h"
#include "hook/stages/hook_call.h"
#include "hook/stages/isolate.h"
#include "hook/stages/scripts.h"

namespace rind::hook {
namespace {

// What the first look finds out about a builder.
struct Found {
  Config config;
  KitPolicy policy;
  std::optional<Root> rootfs;
  std::vector<FoundSeam> scripts;
  std::string reason;
  MountTables tables;
};

enum class Answer { kNoBuilder, kBuilder, kUnsure };

// Gives `found` its members as far as it gets.
Answer look(const Container& container, const State& state, const HostPaths& paths, Log& log,
            Found& found) {
  found.config = read_config(state.bundle);
  log.name_container(found.config);
  const Verdict verdict = judge(paths.policy, state, found.config, Rules::kOfSeams);
  if (!verdict.usable()) return Answer::kUnsure;
  const Policy& rules = verdict.rules();
  found.reason = verdict.reason;
  if (found.reason.empty() && !rules.containers.seam) return Answer::kNoBuilder;
  // The others stay permitted for what comes.
  lower_capabilities({CAP_DAC_READ_SEARCH});
  found.rootfs.emplace(container.open_rootfs(found.config.root));
  found.scripts =
      scripts_of(&container, *found.rootfs, rules.seams, found.config, found.reason, log);
  if (found.reason.empty()) {
    if (found.scripts.empty()) return Answer::kNoBuilder;
    found.reason = kSeamReason;
  }
  // Nothing is changed yet: where this throws, libmount can still read them.
  found.tables = read_mount_tables(container, KnownMountTable());
  found.policy = verdict.for_kit();
  return Answer::kBuilder;
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
  Answer answer = Answer::kUnsure;
  Found found;
  try {
    answer = look(container, state, paths, log, found);
  } catch (const Error&) {
    // The other program meets the error, too, and says what it means for this container.
  }
  if (answer == Answer::kNoBuilder) return;
  if (answer == Answer::kUnsure) leave_to_commands(state, paths);
  keep_capabilities(isolating_capabilities(found.policy.policy, found.config));
  isolate({container, state, found.config, found.policy, *found.rootfs, std::move(found.scripts),
           found.reason},
          std::move(found.tables), paths, KnownMountTable(), log);
}

void first_look_unseen(const State& state, const HostPaths& paths, const CannotLook& /*denied*/,
                       Log& /*log*/) {
  leave_to_commands(state, paths);
}

}  // namespace rind::hook
