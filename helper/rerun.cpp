#include "helper/rerun.h"

#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "common/base/error.h"
#include "helper/outputs/copies.h"
#include "helper/outputs/named_places.h"
#include "helper/supervisor/scratch.h"
#include "helper/supervisor/streams.h"
#include "helper/supervisor/supervisor.h"

namespace rind {
namespace {

constexpr int64_t kMillisecond = 1000;  // in a second

// Somebody ended it.
bool was_ended(int status) {
  if (!WIFSIGNALED(status)) return false;
  const int signal = WTERMSIG(status);
  return signal == SIGHUP || signal == SIGINT || signal == SIGQUIT || signal == SIGTERM ||
         signal == SIGKILL;
}

// The tracer stops each process twice at every system call.
uint64_t time_for(const StepResult& result) {
  constexpr uint64_t kSlower = 5, kAtLeast = 5;
  return kAtLeast + static_cast<uint64_t>(result.milliseconds) * kSlower / kMillisecond;
}

}  // namespace

bool is_worth_a_rerun(const Plan& plan, const StepResult& result) {
  const int status = result.end.step.status;
  const bool failed = status != 0 && !was_ended(status) && !result.end.timed_out;
  const bool soon =
      result.milliseconds <= static_cast<int64_t>(plan.limits.traced_rerun) * kMillisecond;
  return result.ran && failed && soon && !plan.traced && plan.limits.traced_rerun != 0 &&
         !result.out_of_memory && plan.network == Network::kNone && !plan.reads_pipe &&
         !plan.keeps_terminal;
}

void run_again(const Plan& plan, const Step& step, const ViewPlaces& views,
               const SignalGuard& signals, StepResult& result) {
  const std::string moved = views.moved();
  if (!moved.empty()) {
    result.untraced = "it moved " + moved + ", or a directory above it, and did not run again";
    return;
  }
  Plan again = plan;
  again.traced = true;
  again.null_stdin = true;
  again.limits.wall_clock = std::min(plan.limits.wall_clock.value_or(~0ULL), time_for(result));
  again.limits.grace = std::min<uint64_t>(plan.limits.grace, 1);
  Notes notes;
  std::optional<NamedPlaces> places;
  // The first run counts, whatever becomes of this one: it may have left no room, for example.
  try {
    const Scratch scratch(again, notes);
    places.emplace(again, step, scratch);
    put_input(again, scratch);
    const Copies copies(again, scratch);
    Streams streams = Streams::none();
    // Somebody who ends the step need not wait for what nobody waits for.
    SandboxEnd end = run_sandboxed(again, scratch.paths(), signals, streams, WhenAsked::kIsKilled);
    result.end.failed_calls = std::move(end.failed_calls);
    result.again = end.step.status;
    result.traced = true;
    if (end.asked) result.untraced = "its second run was asked to end";
    if (end.timed_out && result.end.failed_calls.empty()) {
      result.untraced = "its second run took too long";
    }
  } catch (const Error& e) {
    result.untraced = e.what();
  }
  if (places) places->require_unmoved();
}

}  // namespace rind
