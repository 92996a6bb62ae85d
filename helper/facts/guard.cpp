#include "helper/facts/guard.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

#include "common/base/error.h"
#include "common/base/glob.h"
#include "common/base/look.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "helper/facts/environment_bin.h"

namespace rind {
namespace {

constexpr const char* kWhat = "trust the build environment";

bool has_interpreters(const kit::Manifest& manifest) {
  return std::any_of(manifest.seams.begin(), manifest.seams.end(),
                     [](const auto& seam) { return seam.kind == kit::SeamKind::kInterpreter; });
}

// Opens the environment's bin as a search by PATH does, following links; nothing where there is
// nothing to search.
Fd open_searched_bin(const std::string& environment) {
  try {
    return sys::open(AT_FDCWD, environment + "/bin", O_PATH | O_DIRECTORY);
  } catch (const SysError& e) {
    if (e.code() != ENOENT && e.code() != ENOTDIR && e.code() != ELOOP && e.code() != EACCES) throw;
    return {};
  }
}

// Build dependencies install this tool for themselves: poetry and hatch require it.
constexpr const char* kPackagesTool = "keyring";

// The interpreter of a script as installers write it: `#!PYTHON`, or the same through sh where that
// line is too long for the kernel.
std::string interpreter_of_script(const std::string& head) {
  const size_t end = head.find('\n');
  if (end == std::string::npos || !head.starts_with("#!")) return {};
  // The kernel reads so much of a program. Of a longer line it executes nothing, and execvp(3) then
  // gives the whole file to a shell.
  constexpr size_t kLongestLine = 255;
  const std::string first = head.substr(2, end - 2);
  if (end > kLongestLine) return {};
  if (first != "/bin/sh") return first;
  constexpr std::string_view kExec = "'''exec' ", kArguments = " \"$0\" \"$@\"";
  const std::string second = head.substr(end + 1, head.find('\n', end + 1) - end - 1);
  if (!second.starts_with(kExec) || !second.ends_with(kArguments)) return {};
  std::string program = second.substr(kExec.size());
  program.resize(program.size() - kArguments.size());
  const bool quoted = program.size() > 2 && (program.front() == '\'' || program.front() == '"') &&
                      program.front() == program.back();
  return quoted ? program.substr(1, program.size() - 2) : program;
}

// True for a script of the environment's own interpreter that a seam covers: calling it makes a
// step.
bool is_run_as_step(const kit::Manifest& manifest, const std::string& environment, const Fd& bin,
                    const std::string& name) {
  constexpr size_t kHead = 8192;
  std::string head(kHead, '\0');
  try {
    const Fd file = sys::open(bin.get(), name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    if (!S_ISREG(sys::stat_fd(file.get(), name).st_mode)) return false;
    const ssize_t n = ::pread(file.get(), head.data(), head.size(), 0);
    if (n < 0) throw_errno("read", name);
    head.resize(static_cast<size_t>(n));
  } catch (const SysError& e) {
    if (sys::is_no_answer(e.code())) throw;
    return false;  // a link or unreadable: installers write no such script
  }
  // Compare the path as it is spelled: a step could redirect a link on another way.
  const std::string python = interpreter_of_script(head);
  return python.starts_with(environment + "/bin/") &&
         is_interpreters_name(python.substr(environment.size() + 5)) &&
         is_images_interpreter(manifest, environment, python, true);
}

}  // namespace

void require_own_interpreters(const kit::Manifest& manifest, const std::string& environment) {
  if (environment.empty() || !has_interpreters(manifest)) return;
  const Fd bin = open_bin(environment);
  if (!bin) return;  // it contains no program
  for (const auto& name : interpreters_in(bin, environment)) {
    const std::string path = environment + "/bin/" + name;
    if (is_images_interpreter(manifest, environment, path, false)) continue;
    throw Error(
        kWhat, path + " is not one of the image's interpreters",
        "find the build dependency that ships this file, and build without that dependency");
  }
}

void require_no_shadow(const kit::Manifest& manifest, const CallFacts& facts,
                       const std::vector<std::string>& tools) {
  if (facts.virtual_env.empty() || facts.front_ends_env) return;
  const std::string& environment = facts.virtual_env;
  const Fd bin = open_searched_bin(environment);
  if (!bin) return;
  sys::for_each_entry(bin.get(), environment + "/bin", [&](const dirent& entry) {
    const std::string name = entry.d_name;
    const auto tool = std::find_if(tools.begin(), tools.end(), [&](const std::string& pattern) {
      return glob_match(pattern, name);
    });
    if (tool == tools.end()) return true;
    const std::string path = environment + "/bin/" + name;
    if (name == kPackagesTool && is_run_as_step(manifest, environment, bin, name)) return true;
    throw Error(kWhat, "the front end would run " + path + " as its own " + name,
                "find the build dependency that ships this file; if the build needs it, remove \"" +
                    *tool + "\" from guard.tools for this package (packages in the policy)");
  });
}

}  // namespace rind
