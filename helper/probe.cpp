#include "helper/probe.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/error.h"
#include "common/kit.h"
#include "common/sys.h"
#include "helper/run.h"
#include "helper/summary.h"

namespace rind {
namespace {

constexpr const char* kWhat = "run a step that looks at itself";

// Standard output is a pipe of ours while this lives. What a step says of itself fits into it.
class CapturedOutput {
 public:
  CapturedOutput()
      : pipe_(sys::make_pipe()), original_(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)) {
    if (!original_ || ::dup2(pipe_.write_end.get(), STDOUT_FILENO) < 0) {
      throw_errno("replace", "standard output");
    }
    pipe_.write_end.reset();
  }
  ~CapturedOutput() { restore(); }
  CapturedOutput(const CapturedOutput&) = delete;
  CapturedOutput& operator=(const CapturedOutput&) = delete;

  // When everything that may write has ended.
  std::string take() {
    constexpr size_t kLimit = 64 * 1024;  // of a pipe
    restore();
    return sys::read_all(pipe_.read_end.get(), kLimit, "the step's output");
  }

 private:
  void restore() {
    if (original_) ::dup2(original_.get(), STDOUT_FILENO);
    original_.reset();
  }
  sys::Pipe pipe_;
  Fd original_;
};

// In the step's /dev is nothing but devices; the probe gets the helper back, read-only.
Planned plan_probe(const Kit& kit) {
  RunOptions options;
  options.always_step = true;
  options.asks_only = true;
  options.extra.push_back({kit::kHelper, View::kRo, false, false});
  return plan_call(kit, {{kit::kHelper, "check", "--json"}, current_environment()}, options);
}

}  // namespace

Probed run_probe(const Kit& kit) {
  // Not in a directory that a running step may have borrowed.
  if (::chdir("/") != 0) throw_errno("change directory", "/");
  Planned planned = plan_probe(kit);
  CapturedOutput output;
  const SignalGuard signals;
  StepResult result;
  run_plan(kit, planned.plan, *planned.step, true, signals, result);
  const std::string said = output.take();
  const int status = result.end.step.status;
  if (!WIFEXITED(status) || said.empty()) throw Error(kWhat, ending(status));
  const Json report = parse_json(said, "what the step saw");
  if (!report.contains("seen")) throw Error(kWhat, "it did not see that it is a step: " + said);
  return {std::move(planned.plan), parse_seen(report.at("seen"), "what the step saw"),
          result.absent};
}

}  // namespace rind
