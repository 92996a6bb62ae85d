#include "helper/tools/probe.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string_view>

#include "common/base/error.h"
#include "common/base/json.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "common/kit/manifest.h"
#include "helper/record/failure_line.h"
#include "helper/run.h"
#include "helper/supervisor/scratch.h"

namespace rind {
namespace {

constexpr const char* kProbe = "look at the other lines of rind check, and at the kernel's log";

constexpr const char* kWhat = "run the test step";

// Replaces standard output by a pipe while it lives. The report of a step fits into the pipe.
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

  // Returns the output. Call it when all writers have ended.
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

// While it lives, the umask also has the bits of the container's first process. Front ends inherit
// that one; `podman exec` gives its processes another.
class UmaskOfContainer {
 public:
  UmaskOfContainer() : own_(::umask(0)) { ::umask(own_ | of_first_process()); }
  ~UmaskOfContainer() { ::umask(own_); }
  UmaskOfContainer(const UmaskOfContainer&) = delete;
  UmaskOfContainer& operator=(const UmaskOfContainer&) = delete;

 private:
  static mode_t of_first_process() {
    constexpr size_t kLimit = 64 * 1024;
    constexpr std::string_view kKey = "\nUmask:\t";
    try {
      const Fd file = sys::open(AT_FDCWD, "/proc/1/status", O_RDONLY);
      const std::string status = sys::read_all(file.get(), kLimit, "/proc/1/status");
      const size_t at = status.find(kKey);
      if (at == std::string::npos) return 0;
      return static_cast<mode_t>(std::strtoul(status.c_str() + at + kKey.size(), nullptr, 8)) &
             0777;
    } catch (const SysError&) {
      return 0;  // this user may not read it
    }
  }
  mode_t own_;
};

// A build environment as front ends make it: in a temporary directory, with the modes that the
// umask leaves. The destructor removes it.
class ProbedEnvironment {
 public:
  ProbedEnvironment() {
    std::string tried;
    for (const std::string& place : {variable(current_environment(), "TMPDIR").value_or("/tmp"),
                                     std::string("/tmp"), std::string("/var/tmp")}) {
      std::string name = place + "/rind-check-XXXXXX";
      if (place[0] == '/' && ::mkdtemp(name.data()) != nullptr) {
        work_ = name;
        fill();
        return;
      }
      tried = SysError("make a directory", name, errno).what();
    }
    throw Error("make a build environment for the test step", tried,
                "give the container a writable /tmp; front ends need it, too");
  }
  ~ProbedEnvironment() {
    try {
      const Fd parent = sys::open(AT_FDCWD, parent_of(work_), O_RDONLY | O_DIRECTORY);
      remove_tree(parent.get(), base_name(work_));
    } catch (const Error&) {  // NOLINT(bugprone-empty-catch): in /tmp; a destructor does not throw
    }
  }
  ProbedEnvironment(const ProbedEnvironment&) = delete;
  ProbedEnvironment& operator=(const ProbedEnvironment&) = delete;

  std::string path() const { return work_ + "/build-env"; }

 private:
  static void make_file(const std::string& path) {
    const mode_t as_the_umask_says = 0666;
    sys::open(AT_FDCWD, path, O_WRONLY | O_CREAT | O_EXCL, as_the_umask_says);
  }
  void fill() const {
    const UmaskOfContainer umask;
    const mode_t as_the_umask_says = 0777;
    std::string directory = path();
    sys::make_directory(AT_FDCWD, directory, as_the_umask_says);
    make_file(directory + "/pyvenv.cfg");
    sys::make_directory(AT_FDCWD, directory + "/bin", as_the_umask_says);
    for (const auto& part : split(kProbedPackage, '/')) {
      directory += "/" + part;
      sys::make_directory(AT_FDCWD, directory, as_the_umask_says);
    }
    make_file(directory + "/" + kProbedFile);
  }
  std::string work_;
};

// The step's /dev has only devices, so the plan shows the helper to the test step, read-only.
Planned plan_probe(const Kit& kit, const std::string& build_environment) {
  RunOptions options;
  options.always_step = true;
  options.asks_only = true;
  options.extra.push_back({kit::kHelper, View::kRo, false, false});
  std::vector<std::string> environment = current_environment();
  std::erase_if(environment, [](const auto& entry) { return entry.starts_with("VIRTUAL_ENV="); });
  environment.push_back("VIRTUAL_ENV=" + build_environment);
  return plan_call(kit, {{kit::kHelper, "check", "--json"}, std::move(environment)}, options);
}

}  // namespace

Probed run_probe(const Kit& kit) {
  // Leaves the working directory: it may be lent to a running step.
  if (::chdir("/") != 0) throw_errno("change directory", "/");
  const ProbedEnvironment environment;
  Planned planned = plan_probe(kit, environment.path());
  CapturedOutput output;
  const SignalGuard signals;
  StepResult result;
  run_plan(kit, planned, true, signals, result);
  const std::string said = output.take();
  const int status = result.end.step.status;
  if (!WIFEXITED(status) || said.empty()) throw Error(kWhat, ending(status), kProbe);
  const Json report = parse_json(said, "the test step's report");
  if (!report.contains("seen"))
    throw Error(kWhat, "the process did not see a step's /dev: " + said, kProbe);
  return {std::move(planned.plan), parse_seen(report.at("seen"), "the test step's report"),
          result.absent};
}

}  // namespace rind
