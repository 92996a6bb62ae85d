#include "helper/facts/written_places.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <optional>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/base/look.h"
#include "common/base/resolve.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "helper/facts/gather.h"
#include "helper/facts/paths.h"
#include "helper/step/call_paths.h"
#include "helper/step/project_mark.h"
#include "helper/step/told_paths.h"

namespace rind {
namespace {

using What = PythonCommand::What;
constexpr size_t kMostText = 1024 * 1024;  // of a program

// Waits until the pipe at standard input has all that it can have: an interpreter that reads its
// program from there starts nothing before. A pipe is full when each of its pages is taken, and a
// writer's pieces need not fill them; but what did not fit into a page and that page are together
// more than one. So it can be full from half of its size on, and is where nothing more comes.
void wait_for_program() {
  const int size = ::fcntl(STDIN_FILENO, F_GETPIPE_SZ);
  int before = 0;
  for (int quiet = 0;;) {
    constexpr int kMilliseconds = 5, kRounds = 20;
    struct pollfd input = {STDIN_FILENO, 0, 0};  // tells only that all writers have closed it
    if (::poll(&input, 1, kMilliseconds) > 0) return;
    int waiting = 0;
    if (::ioctl(STDIN_FILENO, FIONREAD, &waiting) != 0 || waiting + 4096 > size) return;
    quiet = waiting == before ? quiet + 1 : 0;
    if (waiting > size / 2 && quiet == kRounds) return;
    before = waiting;
  }
}

// Waits a little for a request in the pipe at standard input: front ends write it when the process
// has started. It may be no request at all, but a pipe that somebody left open.
void wait_for_request() {
  constexpr int kMilliseconds = 500;
  struct pollfd input = {STDIN_FILENO, POLLIN, 0};
  (void)::poll(&input, 1, kMilliseconds);
}

enum class Input { kProgram, kRequest, kOther };

// errno of reading from a standard input that is open for writing only: nothing comes from there.
bool is_for_writing(int code) { return code == EBADF; }

// What waits in the standard input; it stays there. Nothing of a terminal or socket. input: what an
// interpreter reads from there. Only a request is waited for, and a program.
std::string waiting_input(Input input) {
  struct stat st = {};
  if (::fstat(STDIN_FILENO, &st) != 0) throw_errno("look at", "standard input");
  std::string text(kMostText, '\0');
  ssize_t n = 0;
  if (S_ISREG(st.st_mode)) {
    const off_t at = ::lseek(STDIN_FILENO, 0, SEEK_CUR);
    n = at < 0 ? 0 : ::pread(STDIN_FILENO, text.data(), text.size(), at);
  } else if (S_ISFIFO(st.st_mode)) {
    if (input == Input::kProgram) wait_for_program();
    if (input == Input::kRequest) wait_for_request();
    const sys::Pipe copy = sys::make_pipe();
    const ssize_t copied =
        ::tee(STDIN_FILENO, copy.write_end.get(), text.size(), SPLICE_F_NONBLOCK);
    // EAGAIN: it is empty, so far.
    if (copied < 0 && errno != EAGAIN && !is_for_writing(errno)) {
      throw_errno("read", "standard input");
    }
    if (copied > 0) n = ::read(copy.read_end.get(), text.data(), static_cast<size_t>(copied));
  }
  if (n < 0 && !is_for_writing(errno)) throw_errno("read", "standard input");
  text.resize(static_cast<size_t>(std::max<ssize_t>(n, 0)));
  return text;
}

std::string text_of(const std::string& path) {
  struct stat st = {};
  if (!sys::try_stat(path, st) || !S_ISREG(st.st_mode)) return {};
  if (static_cast<uint64_t>(st.st_size) > kMostText) return {};
  try {
    return sys::read_file(path, kMostText);
  } catch (const SysError& e) {
    if (sys::is_no_answer(e.code())) throw;
    return {};  // the builder cannot read it either
  } catch (const Error&) {
    return {};  // it has grown, and is too large
  }
}

bool reads_program_from_input(const PythonCommand& command, const std::vector<std::string>& words) {
  // `python --version` reads nothing, and `python -i` runs each line as it comes.
  const auto is_other = [](const std::string& word) {
    return word.starts_with("-V") || word.starts_with("-h") || word.starts_with("--") ||
           (word[0] == '-' && word[1] != 'W' && word[1] != 'X' &&
            word.find('i') != std::string::npos);
  };
  const auto last = words.end() - static_cast<std::ptrdiff_t>(command.arguments.size());
  if (std::any_of(words.begin() + 1, last,
                  [&](const auto& word) { return !word.empty() && is_other(word); })) {
    return false;
  }
  return command.what == What::kNothing ||
         (command.what == What::kScript && (command.name == "-" || command.name == "/dev/stdin"));
}

// What the front end wrote for this call: its own script, and what waits in the standard input. A
// script in the sources or in the environment is a package's.
std::string front_ends_text(const Call& call, const CallFacts& facts, const std::string& script) {
  if (base_name(call.command[0]).find("python") == std::string::npos) return {};
  const bool packages = is_within(script, facts.virtual_env) || is_within(script, facts.project);
  std::string text = script.empty() || packages ? std::string() : text_of(script);
  // Where nothing else names the sources, a request may.
  const bool program = reads_program_from_input(call.python, call.command);
  const bool unknown = call.python.what == What::kScript && facts.project.empty();
  return text + "\n" +
         waiting_input(program   ? Input::kProgram
                       : unknown ? Input::kRequest
                                 : Input::kOther);
}

// The project that holds `path`; "" for none. tops: directories that hold more than one project.
std::string project_above(const std::string& path, const std::vector<std::string>& tops,
                          const kit::Manifest& manifest) {
  for (std::string at = path; !at.empty() && at != "/"; at = parent_of(at)) {
    if (std::find(tops.begin(), tops.end(), at) != tops.end()) return {};
    if (is_own_environment(manifest.environments, at)) return {};
    if (looks_like_project(at)) return at;
  }
  return {};
}

std::string absolute(const std::string& path, const CallFacts& facts) {
  return path[0] == '/' ? path : (facts.cwd == "/" ? "" : facts.cwd) + "/" + path;
}

// Without "." and "//"; "" for a path that goes up through something that does not exist.
std::string cleaned(const std::string& path) {
  std::string clean;
  for (const auto& part : split(path, '/')) {
    if (part == "..") return {};
    if (!part.empty() && part != ".") clean += "/" + part;
  }
  return clean;
}

// The place of `path`: its nearest existing directory, and itself in it. Nothing where no step
// could write.
std::optional<CallFacts::Place> place_of(const std::string& path, const CallFacts& facts) {
  CallFacts::Place place;
  std::string missing;
  for (std::string at = absolute(path, facts); !at.empty();) {
    while (at.size() > 1 && at.back() == '/') at.pop_back();
    const PathFact fact = path_fact(at);
    if (fact.type == PathFact::Type::kDirectory) {
      place.directory = fact.canonical;
      break;
    }
    if (fact.type == PathFact::Type::kOther || at == "/") return std::nullopt;
    if (fact.type == PathFact::Type::kFile) {
      if (!missing.empty()) return std::nullopt;
      place.exists = true;
      place.directory = parent_of(fact.canonical);
      place.path = fact.canonical;
      break;
    }
    missing = at.substr(at.rfind('/')) + missing;
    at = at.rfind('/') == 0 ? "/" : at.substr(0, at.rfind('/'));
  }
  if (place.directory.empty() || place.directory == "/") return std::nullopt;
  const std::string below = missing.empty() ? std::string() : cleaned(missing);
  if (!missing.empty() && below.empty()) return std::nullopt;
  if (place.path.empty()) place.path = place.directory + below;
  place.exists = missing.empty();
  // euidaccess: a mount may be read-only.
  if (!sys::may_access(place.directory, W_OK | X_OK, AT_EACCESS)) {
    return std::nullopt;
  }
  return place;
}

std::string canonical_value(const Call& call, const std::string& name) {
  const std::string value = variable(call.environment, name).value_or("");
  return value.empty() || value[0] != '/' ? std::string() : path_fact(value).canonical;
}

bool is_temporary(const CallFacts& facts, const std::string& path) {
  return is_uvs_temporary(path) ||
         std::any_of(facts.temporary.begin(), facts.temporary.end(),
                     [&](const auto& top) { return is_within(path, top); });
}

// A wheel or sdist that a command may change: `wheel tags`.
bool is_artefact(const std::string& path) {
  return path.ends_with(".whl") || path.ends_with(".tar.gz");
}

void add_place(CallFacts& facts, const CallPath& named) {
  constexpr size_t kMostPlaces = 64;
  if (named.path.size() > 4096 ||
      named.path.find_first_of(std::string("\0\n", 2)) != std::string::npos)
    return;
  auto place = place_of(named.path, facts);
  // Any word may be the name of something new.
  if (place && named.bare && place->path != place->directory) return;
  if (!place || facts.places.size() >= kMostPlaces) return;
  place->by_text = named.by_text;
  const bool file = place->exists && place->path != place->directory;
  // A file that the call names elsewhere is its input.
  const bool answer = parent_of(place->path) == facts.virtual_env;
  if (file && !answer && !is_temporary(facts, place->path) && !is_artefact(place->path)) return;
  const std::string spelled = absolute(named.path, facts);
  if (place->exists && !named.by_text && spelled != place->path)
    facts.spelled[place->path] = spelled;
  facts.places.push_back(std::move(*place));
}

// Calls `use` with each variable that the front end set for this call.
void for_each_own_variable(
    const CallFacts& facts, const Call& call,
    const std::function<void(const std::string& name, const std::string& value)>& use) {
  if (!facts.front_ends_environment) return;
  for (const auto& entry : call.environment) {
    const size_t equals = entry.find('=');
    if (equals == std::string::npos || facts.front_ends_environment->count(entry) != 0) continue;
    if (is_of_the_caller(entry.substr(0, equals))) continue;
    use(entry.substr(0, equals), entry.substr(equals + 1));
  }
}

// Paths in variables that the front end set for this call: below directories for temporary files,
// and where the name says that the call writes there.
void add_variables(CallFacts& facts, const Call& call) {
  for_each_own_variable(facts, call, [&](const std::string& name, const std::string& value) {
    for (const auto& path : paths_in(value)) {
      const auto place = place_of(path, facts);
      const bool root = place && std::find(facts.temporary.begin(), facts.temporary.end(),
                                           place->path) != facts.temporary.end();
      const bool output = path == value && is_output_by_name(name);
      if (place && !root && (output || is_temporary(facts, place->path))) {
        add_place(facts, {path, true});
      }
    }
  });
}

// A project that a variable of this call names.
std::string project_in_variables(const CallFacts& facts, const Call& call,
                                 const std::vector<std::string>& tops,
                                 const kit::Manifest& manifest) {
  std::string project;
  for_each_own_variable(facts, call, [&](const std::string&, const std::string& value) {
    if (!project.empty() || value.size() < 2 || value[0] != '/') return;
    const PathFact fact = path_fact(value);
    if (fact.type != PathFact::Type::kDirectory || !looks_like_project(fact.canonical)) return;
    project = project_above(fact.canonical, tops, manifest);
  });
  return project;
}

// Paths in files that the front end wrote for this call: requests in directories for temporary
// files.
void add_requests(CallFacts& facts, const std::string& script) {
  const std::vector<CallFacts::Place> named = facts.places;
  for (const auto& place : named) {
    const bool request = place.exists && place.path != place.directory && place.path != script &&
                         is_temporary(facts, place.path);
    if (!request) continue;
    for (const auto& path : paths_in(text_of(place.path))) add_place(facts, {path, true});
  }
}

// Forgets the places that a text names and that the package's own words name, too.
void forget_packages_own(CallFacts& facts) {
  if (facts.project.empty()) return;
  const std::string pyproject = text_of(facts.project + "/pyproject.toml");
  std::erase_if(facts.places, [&](const CallFacts::Place& place) {
    return place.by_text && is_packages_own_text(pyproject, place.path);
  });
}

}  // namespace

void gather_places(CallFacts& facts, const Call& call, const kit::Manifest& manifest) {
  facts.home = canonical_value(call, "HOME");
  facts.cwd_is_writable = sys::may_access(facts.cwd, W_OK | X_OK, AT_EACCESS);
  for (const std::string& path :
       {std::string("/tmp"), std::string("/var/tmp"), canonical_value(call, "TMPDIR")}) {
    const std::string canonical = path.empty() ? path : path_fact(path).canonical;
    if (!canonical.empty()) facts.temporary.push_back(canonical);
  }
  std::vector<std::string> tops = facts.temporary;
  tops.push_back(facts.home);
  tops.push_back(facts.virtual_env);
  facts.project = project_above(facts.cwd, tops, manifest);
  std::string script;
  if (call.python.what == What::kScript && !reads_program_from_input(call.python, call.command)) {
    script = path_fact(call.python.name).canonical;
  }
  if (facts.project.empty() && !script.empty()) {
    facts.project = project_above(parent_of(script), tops, manifest);
  }
  if (!script.empty()) facts.script = script;
  const std::vector<CallPath> named = call_paths(call, front_ends_text(call, facts, script));
  for (const auto& path : named) add_place(facts, path);
  if (!script.empty() && is_temporary(facts, script)) add_place(facts, {script, false});
  add_variables(facts, call);
  add_requests(facts, script);
  if (facts.by_interpreter) facts.front_ends_projects = projects_of(::getppid());
  for (const auto& place : facts.places) {
    if (!facts.project.empty()) break;
    facts.project = project_above(place.directory, tops, manifest);
  }
  forget_packages_own(facts);
  if (facts.project.empty()) facts.project = project_in_variables(facts, call, tops, manifest);
}

namespace {

std::string mark_of(int file) {
  std::string found(64, '\0');
  const std::string path = "/proc/self/fd/" + std::to_string(file);
  const ssize_t size = ::getxattr(path.c_str(), kProjectMark, found.data(), found.size());
  if (size < 0 && sys::is_no_answer(errno)) throw_errno("read the mark of", sys::path_of(file));
  found.resize(static_cast<size_t>(std::max<ssize_t>(size, 0)));
  return found;
}

// True for an artefact that Rind delivered for the project (helper/outputs/take.h).
bool is_of_project(int directory, const std::string& name, const std::string& project) {
  if (project.empty()) return false;
  const Fd file = sys::open_if_any(directory, name, O_PATH | O_NOFOLLOW);
  return file && mark_of(file.get()) == sha256_hex(project);
}

// How much of a directory for temporary files a step gets as copies.
struct Budget {
  uint64_t entries = 2000, bytes = uint64_t{64} << 20;
};

// True when the tree fits into the budget and can be copied; then the budget is smaller.
bool fits(int parent, const std::string& name, Budget& budget, int depth) {
  constexpr int kDeepest = 32;
  struct stat st = {};
  if (!sys::try_lstat(parent, name, st)) return false;
  const auto bytes = S_ISREG(st.st_mode) ? static_cast<uint64_t>(st.st_size) : 0;
  if (budget.entries == 0 || budget.bytes < bytes || depth > kDeepest) return false;
  --budget.entries;
  budget.bytes -= bytes;
  if (S_ISREG(st.st_mode)) return sys::may_access(parent, name, R_OK, AT_EACCESS);
  if (S_ISLNK(st.st_mode)) return true;
  if (!S_ISDIR(st.st_mode)) return false;
  const Fd directory = sys::open_if_any(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!directory) return false;
  bool all = true;
  sys::for_each_entry(directory.get(), name, [&](const dirent& entry) {
    const std::string child = entry.d_name;
    all = child.starts_with("rind-private-") || fits(directory.get(), child, budget, depth + 1);
    return all;
  });
  return all;
}

bool is_below_home(const Facts& facts, const std::string& path) {
  const auto homes = facts.paths.find("$HOME");
  return homes != facts.paths.end() &&
         std::any_of(homes->second.begin(), homes->second.end(),
                     [&](const PathFact& home) { return is_within(path, home.canonical); });
}

// True for a directory with a name of credentials in it, as far as one looks for it.
bool holds_credentials(int parent, const std::string& name, size_t& looked_at, int depth) {
  constexpr int kDeepest = 4;
  constexpr size_t kMost = 4096;
  const Fd directory = sys::open_if_any(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!directory) return false;
  bool found = false;
  sys::for_each_entry(directory.get(), name, [&](const dirent& entry) {
    found = is_credentials_name(entry.d_name);
    if (!found && depth < kDeepest && sys::entry_type(directory.get(), entry) == DT_DIR) {
      found = holds_credentials(directory.get(), entry.d_name, looked_at, depth + 1);
    }
    return !found && ++looked_at < kMost;
  });
  return found;
}

}  // namespace

void gather_captures(Facts& facts, const Step& step) {
  for (const auto& capture : step.captures) {
    constexpr size_t kMostEntries = 512;
    Facts::Captured found;
    Budget budget;
    const Fd directory = open_canonical(capture.path, O_RDONLY | O_DIRECTORY);
    const bool temporary = capture.kind == Step::Capture::Kind::kTemporary;
    constexpr mode_t kList = S_IROTH | S_IXOTH;
    found.closed = (sys::stat_fd(directory.get(), capture.path).st_mode & kList) != kList;
    const bool of_home = !temporary && is_below_home(facts, capture.path);
    sys::for_each_entry(directory.get(), capture.path, [&](const dirent& entry) {
      const std::string name = entry.d_name;
      if (name.starts_with("rind-private-")) return true;
      const bool named = std::find(capture.named.begin(), capture.named.end(),
                                   capture.path + "/" + name) != capture.named.end();
      if (!named && (capture.shared || (temporary && is_credentials_name(name)))) return true;
      if (found.entries.size() >= kMostEntries) {
        found.all = false;
        return false;
      }
      Facts::Captured::Entry one = {name};
      const unsigned char type = sys::entry_type(directory.get(), entry);
      if (type != DT_DIR && type != DT_REG && type != DT_LNK) return true;
      one.directory = type == DT_DIR;
      if (type == DT_LNK) one.target = sys::read_link(directory.get(), name);
      if (type == DT_LNK && !temporary)
        facts.links.push_back({capture.path + "/" + name, one.target});
      Budget rest = budget;
      if (named) rest.bytes = UINT64_MAX;
      const bool copied = temporary || (named && is_artefact(name));
      one.fits = copied && fits(directory.get(), name, rest, 0);
      if (named) rest.bytes = budget.bytes;
      one.of_project = is_artefact(name) && is_of_project(directory.get(), name, capture.project);
      if (one.fits) budget = rest;
      size_t looked_at = 0;
      if (of_home && one.directory && holds_credentials(directory.get(), name, looked_at, 0)) {
        return true;
      }
      found.entries.push_back(std::move(one));
      return true;
    });
    facts.captured[capture.path] = std::move(found);
  }
}

}  // namespace rind
