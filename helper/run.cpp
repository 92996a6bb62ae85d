#include "helper/run.h"

#include <dirent.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <optional>
#include <set>

#include "common/base/say.h"
#include "common/base/sys.h"
#include "helper/causes/causes.h"
#include "helper/facts/gather.h"
#include "helper/outputs/copies.h"
#include "helper/outputs/filled_marks.h"
#include "helper/outputs/named_places.h"
#include "helper/outputs/new_environments.h"
#include "helper/outputs/release.h"
#include "helper/outputs/source_guard.h"
#include "helper/outputs/view_places.h"
#include "helper/pid1/counters.h"
#include "helper/pid1/full_views.h"
#include "helper/pid1/signals.h"
#include "helper/plan/make_outputs.h"
#include "helper/record/failure_line.h"
#include "helper/record/fill_record.h"
#include "helper/record/record.h"
#include "helper/rerun.h"
#include "helper/step/python_command.h"
#include "helper/supervisor/caretaker.h"
#include "helper/supervisor/credential_covers.h"
#include "helper/supervisor/git_guard.h"
#include "helper/supervisor/install_guard.h"
#include "helper/supervisor/lease.h"
#include "helper/supervisor/lend.h"
#include "helper/supervisor/made_places.h"
#include "helper/supervisor/own_trees.h"
#include "helper/supervisor/pycaches.h"
#include "helper/supervisor/readable.h"
#include "helper/supervisor/scratch.h"
#include "helper/supervisor/streams.h"
#include "helper/supervisor/tree_wait.h"
#include "helper/supervisor/twins.h"

namespace rind {
namespace {

bool is_well(int status) { return WIFEXITED(status) && WEXITSTATUS(status) == 0; }

// Notes what a step leaves in its own HOME: it is thrown away. Hidden names are caches and
// settings.
void note_left_in_home(const Plan& plan, const Scratch& scratch, Notes& notes) {
  constexpr size_t kMost = 4;
  for (const auto& view : plan.views) {
    if (view.rule != "views.$HOME" || scratch.paths().count(view.path) == 0) continue;
    std::set<std::string> known;
    for (const auto& entry : view.skeleton)
      known.insert(entry.path.substr(0, entry.path.find('/')));
    std::string names;
    size_t count = 0;
    sys::for_each_entry(scratch.at(view.path).top, view.path, [&](const dirent& entry) {
      const std::string name = entry.d_name;
      if (name[0] == '.' || known.count(name) != 0) return true;
      if (++count <= kMost) names += (names.empty() ? "" : ", ") + name;
      return true;
    });
    if (count > kMost) names += " and " + std::to_string(count - kMost) + " more";
    if (!names.empty()) {
      notes.push_back("what it left in HOME: " + names +
                      " (by views.$HOME a step has a HOME of its own)");
    }
  }
}

// Runs the step while its trees are lent: makes the private directories, runs, and takes the
// outputs.
void run_lent(const Plan& plan, const Step& step, const ViewPlaces& views,
              const SignalGuard& signals, bool drop_outputs, Streams& streams, StepResult& result) {
  const Scratch scratch(plan, result.absent);
  const NamedPlaces places(plan, step, scratch);
  put_input(plan, scratch);
  const Copies copies(plan, scratch);
  const uint64_t killed_before = out_of_memory_kills();
  const int64_t began = sys::monotonic_milliseconds();
  result.end = run_sandboxed(plan, scratch.paths(), signals, streams);
  ::clock_gettime(CLOCK_REALTIME, &result.ended);
  result.milliseconds = sys::monotonic_milliseconds() - began;
  result.ran = true;
  for (const auto& note : result.end.notes) {
    result.absent.push_back(note);
    // A write that failed may be one that the step did not report.
    if (note.starts_with(kFullView)) result.closed.push_back(note);
  }
  result.out_of_memory = out_of_memory_kills() > killed_before;
  places.require_unmoved();
  views.require_unreplaced();
  const bool take = is_well(result.end.step.status) && !result.end.timed_out && !drop_outputs;
  result.collected = collect(plan, scratch, take);
  const bool is_build = step.kind == Step::Kind::kHook || step.kind == Step::Kind::kPipWheel;
  if (take && is_build) note_left_in_home(plan, scratch, result.closed);
  const bool ended = WIFEXITED(result.end.step.status) && !result.end.timed_out;
  if (ended && !drop_outputs) release(plan, scratch, copies, take, result.collected);
}

// Of the container; a step has the same.
std::string host_name() {
  struct utsname names = {};
  return ::uname(&names) == 0 ? names.nodename : "";
}

// Names the files that a step left beside its results; they are lost.
void say_dropped(const Collected& collected) {
  if (collected.dropped_count == 0) return;
  std::string line = "the step left files that Rind dropped: ";
  for (size_t i = 0; i < collected.dropped.size(); ++i) {
    line += (i == 0 ? "" : ", ") + collected.dropped[i];
  }
  if (collected.dropped_count > collected.dropped.size()) {
    line += " and " + std::to_string(collected.dropped_count - collected.dropped.size()) + " more";
  }
  say(printable(line));
}

// Says what a successful step did without, where no program parses its output. A hook returns its
// result in a file, and what it prints is a log (docs/explain.md names the front ends).
void say_without(const Plan& plan, const Step& step, const RunOptions& options,
                 const StepResult& result) {
  const bool is_log = step.kind == Step::Kind::kHook || step.kind == Step::Kind::kPipWheel;
  if (!is_log && !options.by_hand) return;
  const std::string line = without_line(plan, step, result);
  if (!line.empty()) say(line);
}

void look_for_causes(const Planned& planned, StepResult& result) {
  result.host_name = host_name();
  Plan ended = planned.plan;
  ended.readable.clear();  // what is to be opened for the step has been
  try {
    result.causes = find_causes(*planned.policy, ended, result.end.failed_calls);
  } catch (const Error& e) {
    result.untraced = e.what();
  }
}

}  // namespace

void run_plan(const Kit& kit, Planned& planned, bool drop_outputs, const SignalGuard& signals,
              StepResult& result) {
  Plan& plan = planned.plan;
  const Step& step = *planned.step;
  TreeWait wait(signals, plan.limits);
  // Returns false when the waiting for a tree ended otherwise.
  const auto when_free = [&](const std::function<void()>& act) {
    const std::optional<SandboxEnd> ended = wait.until_free(act);
    if (ended) result.end = *ended;
    if (ended) result.waited_for = wait.path();
    return !ended;
  };
  make_missing_outputs(step);
  // Before a lease is taken: a step that waits needs none.
  if (!when_free([&] { require_unused(plan); })) return;
  const InstallGuard guard(kit.manifest, step, plan);
  SourceGuard source_guard(plan, step);
  FilledMarks filled(step);
  NewEnvironments environments(kit.manifest, step, plan.inner_environments);
  result.absent = plan.absent;
  result.closed = plan.closed;
  make_places(plan, result.absent);
  result.closed.insert(result.closed.end(), plan.withheld.begin(), plan.withheld.end());
  for (auto& note : make_readable(plan)) result.closed.push_back(std::move(note));
  result.absent.insert(result.absent.end(), result.closed.begin(), result.closed.end());
  const Twins twins(kit.policy->lend, kit.manifest, plan);
  std::optional<Lease> lease;
  if (plan.identity.mode == PlannedIdentity::Mode::kEphemeral) {
    lease = Lease::take(plan.identity.ids, twins.ids());
    plan.uid = plan.gid = lease->id();
  }
  Streams streams(plan);
  // It ends after the trees are the builder's again.
  CredentialCovers covers(plan);
  // It removes what a step left when the trees are the builder's again.
  std::optional<ViewPlaces> views;
  std::optional<Lending> lending;
  if (!when_free([&] { lending.emplace(plan, twins); })) return;
  plan.twins = lending->twins();
  Pycaches pycaches(plan);
  std::optional<Caretaker> caretaker;
  if (!plan.twins.empty()) {
    // A kill leaves nothing lent, but what the step left for git.
    caretaker.emplace(lending->descriptors(*lease), [&] {
      lending->disarm();
      lease->evict_processes();
      lending->give_back();
    });
  }
  OwnTrees own(plan.guarded);
  std::vector<std::string> places = lending->git_places();
  for (auto& place : own.git_places()) places.push_back(std::move(place));
  covers.add(places);
  views.emplace(plan);
  run_lent(plan, step, *views, signals, drop_outputs, streams, result);
  if (is_worth_a_rerun(plan, result) && !drop_outputs) {
    run_again(plan, step, *views, signals, result);
  }
  result.traced = result.traced || plan.traced;
  if (result.traced) look_for_causes(planned, result);
  pycaches.give_back();
  std::vector<std::string> moved = covers.finish(CredentialCovers::Call::kFirst);
  lending->give_back();
  caretaker.reset();
  const std::vector<std::string> put_back = own.put_back();
  for (auto& line : covers.finish(CredentialCovers::Call::kLast)) moved.push_back(std::move(line));
  for (auto& line : views->remove_replaced()) moved.push_back(std::move(line));
  filled.settle();
  for (auto& line : environments.disarm()) moved.push_back(std::move(line));
  streams.finish();
  for (const auto& line : lending->said()) say(line);
  for (const auto& line : put_back) say(line);
  for (const auto& line : moved) say(line);
  guard.check();
  source_guard.check();
}

StepResult run_recorded(const Kit& kit, Planned& planned, const RunOptions& options,
                        const SignalGuard& signals) {
  // First: a step does not start when its record cannot be written.
  RecordFile record = RecordFile::open(kit.policy->record);
  StepRecord line = record_of(kit.manifest, planned.plan, *planned.step);
  StepResult result;
  try {
    run_plan(kit, planned, options.drop_outputs, signals, result);
  } catch (const Error& e) {
    add_result(line, planned.plan, result);
    add_error(line, e);
    record.append_quietly(line);
    throw;
  }
  add_result(line, planned.plan, result);
  if (!result.waited_for.empty()) {
    add_error(line, Error("lend " + result.waited_for, "another step was using it",
                          "give each step a directory of its own"));
  }
  record.append(line);
  return result;
}

int run_step(const Kit& kit, Planned& planned, const RunOptions& options) {
  // Signals stay blocked until the last line is printed: a late signal must not interrupt the
  // clean-up.
  const SignalGuard signals;
  const Step& step = *planned.step;
  const StepResult result = run_recorded(kit, planned, options, signals);
  const int status = result.end.step.status;
  say_dropped(result.collected);
  if (!is_well(status) || result.end.timed_out) {
    say(failure_line(planned.plan, step, result));
  } else {
    say_without(planned.plan, step, options, result);
  }
  if (result.end.timed_out) return kExitTimedOut;
  if (WIFSIGNALED(status)) die_by(WTERMSIG(status));
  return WEXITSTATUS(status);
}

void leave(int status) { ::_exit(status); }

}  // namespace rind
