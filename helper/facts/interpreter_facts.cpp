#include "helper/facts/interpreter_facts.h"

#include <fcntl.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "common/base/error.h"
#include "common/base/look.h"
#include "common/base/path_search.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "helper/facts/paths.h"

namespace rind {
namespace {

constexpr size_t kConfigLimit = 64 * 1024;  // of a pyvenv.cfg

std::string absolute(const std::string& path) {
  return path.empty() || path[0] == '/' ? path : working_directory() + "/" + path;
}

// The path by which CPython finds itself: argv[0], looked up in PATH if it has no slash.
std::string program_of(const std::vector<std::string>& argv,
                       const std::vector<std::string>& environment) {
  if (argv.empty()) return {};
  const bool has_slash = argv[0].find('/') != std::string::npos;
  for (const auto& path : search_candidates(argv[0], variable(environment, "PATH").value_or(""))) {
    if (has_slash || sys::may_access(path, X_OK)) return absolute(path);
  }
  return {};
}

// The environment whose bin contains `program`, canonical; "" for none. CPython looks for
// pyvenv.cfg beside the program and one directory above.
std::string environment_of(const std::string& program) {
  if (program.empty() || program[0] != '/') return {};
  const std::string bin = parent_of(program);
  for (const std::string& top : {parent_of(bin), bin}) {
    if (sys::may_access(top + "/pyvenv.cfg", F_OK)) return path_fact(top).canonical;
  }
  return {};
}

std::string config_of(const std::string& program) {
  const std::string bin = parent_of(program);
  for (const std::string& top : {parent_of(bin), bin}) {
    try {
      const Fd file = sys::open(AT_FDCWD, top + "/pyvenv.cfg", O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
      if (!S_ISREG(sys::stat_fd(file.get(), top).st_mode)) return {};
      return sys::read_all(file.get(), kConfigLimit, top + "/pyvenv.cfg");
    } catch (const SysError& e) {
      // It may be one directory above. A link is a package's: environments have none.
      if (e.code() != ENOENT && e.code() != EACCES && e.code() != ELOOP) throw;
    }
  }
  return {};
}

const kit::Seam* interpreter_at(const kit::Manifest& manifest, const std::string& path) {
  for (const auto& seam : manifest.seams) {
    if (seam.kind == kit::SeamKind::kInterpreter && seam.path == path) return &seam;
  }
  return nullptr;
}

}  // namespace

bool is_copy_of_helper(const std::string& path) {
  const Fd one = sys::open(AT_FDCWD, path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
  const Fd other = sys::open(AT_FDCWD, kit::kHelper, O_RDONLY);
  const off_t size = sys::stat_fd(other.get(), kit::kHelper).st_size;
  if (sys::stat_fd(one.get(), path).st_size != size) return false;
  std::vector<char> a(64 * 1024), b(64 * 1024);
  for (off_t at = 0; at < size;) {
    const ssize_t n = ::pread(one.get(), a.data(), a.size(), at);
    if (n < 0) throw_errno("read", path);
    const ssize_t same = ::pread(other.get(), b.data(), static_cast<size_t>(n), at);
    if (same < 0) throw_errno("read", kit::kHelper);
    if (n == 0 || same != n) return false;
    if (!std::equal(a.begin(), a.begin() + n, b.begin())) return false;
    at += n;
  }
  return true;
}

std::string given_path() {
  const auto* path = reinterpret_cast<const char*>(::getauxval(AT_EXECFN));
  return path == nullptr ? std::string() : std::string(path);
}

InterpreterCall look_at_interpreter(const kit::Manifest& manifest, const std::string& executed,
                                    const std::string& given_to_execve,
                                    const std::vector<std::string>& argv,
                                    const std::vector<std::string>& environment) {
  InterpreterCall call;
  call.program = program_of(argv, environment);
  std::vector<std::string> programs = {call.program};
  // For a script with a shebang line this is the script, and may differ from argv[0].
  const std::string given = absolute(given_to_execve);
  if (path_fact(given).canonical == executed) programs.push_back(given);
  // A copy is in its environment itself.
  if (interpreter_at(manifest, executed) == nullptr) programs.push_back(executed);
  for (const auto& program : programs) {
    const std::string found = environment_of(program);
    if (found.empty() || is_own_environment(manifest.environments, found)) continue;
    call.program = program;
    call.environment = found;
    break;
  }
  if (call.program.empty()) call.program = given;
  return call;
}

const kit::Seam* seam_of_copy(const kit::Manifest& manifest, const std::string& executed) {
  for (const auto& base : base_programs(config_of(executed), base_name(executed))) {
    const kit::Seam* seam = interpreter_at(manifest, path_fact(base).canonical);
    if (seam != nullptr) return seam;
  }
  return nullptr;
}

std::vector<Facts::Original> copies_in(const kit::Manifest& manifest,
                                       const std::string& environment) {
  std::vector<Facts::Original> copies;
  const bool covered =
      std::any_of(manifest.seams.begin(), manifest.seams.end(),
                  [](const auto& seam) { return seam.kind == kit::SeamKind::kInterpreter; });
  if (environment.empty() || !covered) return copies;
  const std::string bin = environment + "/bin";
  if (path_fact(bin).type != PathFact::Type::kDirectory) return copies;
  const Fd directory = sys::open(AT_FDCWD, bin, O_PATH | O_DIRECTORY);
  sys::for_each_entry(directory.get(), bin, [&](const dirent& entry) {
    const std::string path = path_fact(bin).canonical + "/" + entry.d_name;
    struct stat st = {};
    const bool named = std::string_view(entry.d_name).starts_with("python");
    if (!named || !sys::try_lstat(path, st) || !S_ISREG(st.st_mode)) return true;
    if (interpreter_at(manifest, path) != nullptr || !is_copy_of_helper(path)) return true;
    const kit::Seam* seam = seam_of_copy(manifest, path);
    if (seam != nullptr) copies.push_back({path, seam->original});
    return true;
  });
  return copies;
}

std::vector<std::string> python_path(const Call& call) {
  std::vector<std::string> found;
  for (const auto& entry : split(variable(call.environment, "PYTHONPATH").value_or(""), ':')) {
    if (entry.empty() || entry[0] != '/') continue;
    const std::string parent = parent_of(entry);
    found.push_back(is_pips_environment(parent) ? parent : entry);
  }
  return found;
}

std::vector<std::string> temporary_prefixes(const Call& call) {
  const std::string own = variable(call.environment, "TMPDIR").value_or("");
  const auto is_prefix = [&](const std::string& path) {
    const std::string top = parent_of(path);
    if (top != "/tmp" && top != "/var/tmp" && top != own) return false;
    return path_fact(path + "/lib").type == PathFact::Type::kDirectory;
  };
  std::vector<std::string> found;
  for (const char* name : {"PATH", "PYTHONPATH"}) {
    for (const auto& entry : split(variable(call.environment, name).value_or(""), ':')) {
      if (entry.size() < 2 || entry[0] != '/' || parent_of(entry) == "/") continue;
      const std::string prefix = parent_of(entry);
      const bool known = std::find(found.begin(), found.end(), prefix) != found.end();
      if (!known && !is_pips_environment(prefix) && is_prefix(prefix)) found.push_back(prefix);
    }
  }
  return found;
}

bool is_pips_environment(const std::string& path) {
  return base_name(path).starts_with("pip-build-env-");
}

}  // namespace rind
