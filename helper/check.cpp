#include "helper/check.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <string>

#include "common/error.h"
#include "common/kit.h"
#include "common/sys.h"
#include "helper/kit_read.h"
#include "helper/record.h"
#include "helper/run.h"
#include "helper/summary.h"

namespace rind {
namespace {

// Runs one check and prints its line. The check throws when the requirement does not hold.
bool line(const std::string& name, const std::function<void()>& check) {
  std::string text = "ok    " + name + "\n";
  bool ok = true;
  try {
    check();
  } catch (const Error& e) {
    ok = false;
    text = "fail  " + name + ": " + e.what() + "\n";
  }
  sys::write_all(STDOUT_FILENO, text, "standard output");
  return ok;
}

// A mount of its own at `path`, with the attribute that the hook gave it.
void require_mount(const std::string& path) {
  const Fd fd = sys::open(AT_FDCWD, path, O_PATH | O_NOFOLLOW);
  if (!sys::mount_place(fd.get(), path).is_root) {
    throw Error("look at " + path, "nothing is mounted there",
                "the hook did not finish: recreate the container");
  }
}

void require_covered(const kit::Manifest& manifest) {
  struct stat helper = {};
  if (::stat(kit::kHelper, &helper) != 0) throw_errno("stat", kit::kHelper);
  for (const auto& seam : manifest.seams) {
    struct stat st = {};
    if (::stat(seam.path.c_str(), &st) != 0) throw_errno("stat", seam.path);
    if (st.st_dev != helper.st_dev || st.st_ino != helper.st_ino) {
      throw Error("look at the seam " + seam.path, "it is not covered by the helper",
                  "something was mounted or renamed over it: recreate the container");
    }
  }
  if (manifest.seams.empty()) {
    throw Error("look at the seams", "none is covered", "see seams in the policy");
  }
}

// Runs `true` as a step. Returns what that step was given.
std::string run_probe(const Kit& kit) {
  const Call call{{"true"}, current_environment()};
  RunOptions options;
  options.always_step = true;
  options.asks_only = true;
  Planned planned = plan_call(kit, call, options);
  const SignalGuard signals;
  StepResult result;
  run_plan(planned.plan, *planned.step, true, signals, result);
  const int status = result.end.step.status;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    throw Error("run a step", "`true` failed in it: " + ending(status));
  }
  const Plan& plan = planned.plan;
  std::string given = "      identity " + to_string(plan.identity.mode) + ", uid " +
                      std::to_string(plan.uid) + "; network " + to_string(plan.network) +
                      "; seccomp " + to_string(plan.seccomp) + "\n";
  for (const auto& absent : result.absent) given += "      without " + printable(absent) + "\n";
  return given;
}

}  // namespace

int check() {
  Kit kit;
  std::string given;
  bool ok = line("the kit is there and its policy is valid", [&] { kit = read_kit(); });
  if (!ok) return 1;
  ok &= line("the helper is a mount", [] { require_mount(kit::kHelper); });
  ok &= line("the anchor is buried", [] { require_mount(kit::kAnchor); });
  ok &= line("every seam is covered", [&] { require_covered(kit.manifest); });
  ok &= line("the policy's record can be written", [&] { RecordFile::open(kit.policy.record); });
  ok &= line("a step can be isolated as the policy says", [&] { given = run_probe(kit); });
  sys::write_all(STDOUT_FILENO, given, "standard output");
  return ok ? 0 : 1;
}

}  // namespace rind
