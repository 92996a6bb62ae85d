// pid 1 of a step when it fails and nobody can be told.
#include "helper/pid1/pid1.h"

#include <sys/wait.h>
#include <unistd.h>

#include "common/base/sys.h"
#include "helper/supervisor/streams.h"
#include "tests/unit/support.h"

using namespace rind;

namespace {

constexpr int kEscaped = 77;

struct ExitsWhenDestroyed {
  ~ExitsWhenDestroyed() { ::_exit(kEscaped); }
};

// In a process of its own, with a plan that cannot be carried out: how it ended.
int status_of_failing_pid_1(bool supervisor_reads) {
  sys::Pipe life = sys::make_pipe(), report = sys::make_pipe();
  const pid_t pid = ::fork();
  if (pid == 0) {
    Plan plan;
    plan.null_stdin = true;
    plan.views.emplace_back();
    plan.views.back().path = "/nonexistent";
    plan.views.back().view = View::kRw;
    const SignalGuard signals;
    const Streams streams(plan);
    // As the supervisor's: what is below on the stack must not be destroyed.
    const ExitsWhenDestroyed below;
    try {
      be_pid_1(plan, {},
               {signals, [&streams] { streams.enter(); }, life.read_end.get(),
                report.write_end.get(), -1});
    } catch (...) {
      ::_exit(kEscaped);
    }
  }
  report.write_end.reset();
  if (!supervisor_reads) report.read_end.reset();
  sys::write_all(life.write_end.get(), "g", "the pipe to pid 1");
  if (supervisor_reads) {
    constexpr size_t kLimit = 65536;
    const std::string text = sys::read_all(report.read_end.get(), kLimit, "the report");
    CHECK(test::contains(text, "/nonexistent"));
  }
  return sys::wait_for(pid);
}

}  // namespace

TEST_CASE("pid 1: an error is reported; where nobody listens, it ends without a destructor") {
  for (const bool reads : {true, false}) {
    INFO(reads);
    const int status = status_of_failing_pid_1(reads);
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 1);
  }
}
