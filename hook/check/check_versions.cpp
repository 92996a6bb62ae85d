#include "hook/check/check_versions.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <cstring>

#include "common/base/error.h"
#include "common/base/look.h"
#include "common/base/sys.h"

namespace rind::hook {
namespace {

using Outcome = Finding::State;
using Numbers = std::vector<unsigned>;

// Root runs the check, so the caller's PATH is not used.
constexpr const char* kDirectories[] = {"/usr/local/sbin", "/usr/local/bin", "/usr/sbin",
                                        "/usr/bin",        "/sbin",          "/bin"};

std::string find_program(const std::string& name) {
  for (const char* directory : kDirectories) {
    const std::string path = std::string(directory) + "/" + name;
    if (sys::may_access(path, X_OK)) return path;
  }
  return {};
}

// In the child: executes the program with a minimal environment and its output in `out`.
[[noreturn]] void execute(const std::string& path, int out, int trouble) {
  constexpr unsigned kSeconds = 5;
  ::alarm(kSeconds);
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  ::dup2(null, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(null, STDERR_FILENO);
  const char* argv[] = {path.c_str(), "--version", nullptr};
  // Without XDG_CONFIG_HOME podman 5 and buildah of an ordinary user want a HOME that they may
  // write to.
  const char* environment[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/", "XDG_CONFIG_HOME=/",
                               nullptr};
  ::execve(path.c_str(), const_cast<char**>(argv), const_cast<char**>(environment));
  // Closed by a successful execve.
  const int why = errno;
  [[maybe_unused]] const ssize_t n = ::write(trouble, &why, sizeof why);
  ::_exit(127);
}

std::optional<Version> ask(const std::string& program) {
  const std::string path = find_program(program);
  if (path.empty()) return std::nullopt;
  return parse_version(version_output(path).text);
}

// True when `version` lacks a fix. fixed: the first fixed version of each branch; later branches
// have the fix.
bool is_before(const Numbers& version, const std::vector<Numbers>& fixed) {
  for (const auto& fix : fixed) {
    if (version.size() >= 2 && version[0] == fix[0] && version[1] == fix[1]) return version < fix;
  }
  return version < fixed.front();
}

std::string flaws_of_runc(const Numbers& version) {
  // https://github.com/opencontainers/runc/security/advisories: GHSA-xr7r-f8xq-vfvv; and
  // GHSA-9493-h29p-rfm2, GHSA-qw9x-cqr3-wc7r, GHSA-cgrx-mc8f-2prm.
  std::string flaws;
  if (version < Numbers{1, 1, 12}) flaws = "CVE-2024-21626 (fixed in 1.1.12)";
  if (is_before(version, {{1, 2, 8}, {1, 3, 3}})) {
    flaws +=
        (flaws.empty() ? "" : ", ") +
        std::string("CVE-2025-31133, CVE-2025-52565, CVE-2025-52881 (fixed in 1.2.8 and 1.3.3)");
  }
  return flaws;
}

}  // namespace

ProgramOutput version_output(const std::string& path) {
  sys::Pipe pipe = sys::make_pipe(), trouble = sys::make_pipe();
  const pid_t child = ::fork();
  if (child < 0) throw_errno("fork");
  if (child == 0) execute(path, pipe.write_end.get(), trouble.write_end.get());
  pipe.write_end.reset();
  trouble.write_end.reset();
  constexpr size_t kLimit = 64 * 1024;
  ProgramOutput output;
  const std::string why = sys::read_all(trouble.read_end.get(), kLimit, path);
  output.text = sys::read_all(pipe.read_end.get(), kLimit, path);
  sys::wait_for(child);
  int code = 0;
  output.started = why.size() != sizeof code;
  if (output.started) return output;
  std::memcpy(&code, why.data(), sizeof code);
  output.trouble = std::strerror(code);
  return output;
}

Version parse_version(const std::string& output) {
  Version version;
  version.line = output.substr(0, output.find('\n'));
  size_t at = 0;
  const auto is_digit = [&](size_t i) {
    return i < version.line.size() &&
           std::isdigit(static_cast<unsigned char>(version.line[i])) != 0;
  };
  while (at < version.line.size() && !is_digit(at)) ++at;
  while (is_digit(at)) {
    unsigned number = 0;
    while (is_digit(at)) number = number * 10 + static_cast<unsigned>(version.line[at++] - '0');
    version.numbers.push_back(number);
    if (at >= version.line.size() || version.line[at] != '.') break;
    ++at;
  }
  return version;
}

Finding judge_version(const std::string& program, const std::optional<Version>& version) {
  const std::string id = "version." + program;
  if (!version) return {Outcome::kOk, id, "not installed", ""};
  if (version->numbers.empty()) {
    return {Outcome::kUnknown, id, "its output has no version: " + version->line, ""};
  }
  const std::string flaws = program == "runc" ? flaws_of_runc(version->numbers) : "";
  if (flaws.empty()) return {Outcome::kOk, id, version->line, ""};
  return {Outcome::kWarning, id, version->line + ": " + flaws,
          "upgrade, or check that the distribution's package has the fixes: many distributions "
          "backport fixes and keep the version number"};
}

std::map<std::string, std::optional<Version>> ask_versions(
    const std::vector<std::string>& programs) {
  std::map<std::string, std::optional<Version>> versions;
  for (const auto& program : programs) versions[program] = ask(program);
  return versions;
}

}  // namespace rind::hook
