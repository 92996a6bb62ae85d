#include "helper/facts/written_places.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <optional>

#include "common/base/error.h"
#include "common/base/held.h"
#include "common/base/look.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "helper/facts/beside_sources.h"
#include "helper/facts/gather.h"
#include "helper/facts/paths.h"
#include "helper/facts/standard_input.h"
#include "helper/step/artefact.h"
#include "helper/step/call_paths.h"
#include "helper/step/marks.h"
#include "helper/step/told_paths.h"

namespace rind {
namespace {

using What = PythonCommand::What;
constexpr size_t kMostText = 1024 * 1024;  // of a program

// The text of a file; "" for what is no regular file, and nothing where it is too large.
std::optional<std::string> whole_text_of(const std::string& path) {
  struct stat st = {};
  if (!sys::try_stat(path, st) || !S_ISREG(st.st_mode)) return std::string();
  if (static_cast<uint64_t>(st.st_size) > kMostText) return std::nullopt;
  try {
    return sys::read_file(path, kMostText);
  } catch (const SysError& e) {
    if (sys::is_no_answer(e.code())) throw;
    return std::string();  // the builder cannot read it either
  } catch (const Error&) {
    return std::nullopt;  // it has grown
  }
}

std::string text_of(const std::string& path) { return whole_text_of(path).value_or(""); }

// True for a file that a step left for the front end, and that nobody has changed since.
bool is_left_by_step(const std::string& path) {
  const Fd file = sys::open_if_any(AT_FDCWD, path, O_PATH | O_NOFOLLOW);
  return file && sys::attribute_of(file.get(), kLeftMark, path) ==
                     left_mark(sys::stat_fd(file.get(), path));
}

// What the front end wrote for this call: its own script ("": it has none), and what waits in the
// standard input.
std::string front_ends_text(const Call& call, const CallFacts& facts, const std::string& script) {
  if (base_name(call.command[0]).find("python") == std::string::npos) return {};
  std::string text = script.empty() ? std::string() : text_of(script);
  // Where nothing else names the sources, a request may.
  const bool program = reads_program_from_input(call.python, call.command);
  const bool unknown = call.python.what == What::kScript && facts.project.empty();
  return text + "\n" +
         waiting_input(program   ? Input::kProgram
                       : unknown ? Input::kRequest
                                 : Input::kOther,
                       kMostText);
}

// The project that holds `path`; "" for none. tops: directories that hold more than one project.
std::string project_above(const std::string& path, const std::vector<std::string>& tops,
                          const kit::Manifest& manifest) {
  for (std::string at = path; !at.empty() && at != "/"; at = parent_of(at)) {
    if (std::find(tops.begin(), tops.end(), at) != tops.end()) return {};
    if (is_own_environment(manifest.environments, at)) return {};
    if (looks_like_project(at)) return at;
    if (std::string source = sources_beside(at); !source.empty()) return source;
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
  return is_uvs_temporary(path) || is_within_any(path, facts.temporary);
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
  place->spelled = named.path;
  const bool file = place->exists && place->path != place->directory;
  // A file that the call names elsewhere is its input. A wheel or sdist may be changed: `wheel
  // tags`.
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

// True for a place in the work directory that does not exist yet.
bool is_new_beside_sources(const CallFacts& facts, const CallFacts::Place& place) {
  return place.directory == facts.beside.work && !place.exists;
}

// Paths in variables that the front end set for this call: below directories for temporary files,
// beside the sources, and where the name says that the call writes there.
void add_variables(CallFacts& facts, const Call& call) {
  for_each_own_variable(facts, call, [&](const std::string& name, const std::string& value) {
    for (const auto& path : paths_in(value)) {
      const auto place = place_of(path, facts);
      const bool root = place && std::find(facts.temporary.begin(), facts.temporary.end(),
                                           place->path) != facts.temporary.end();
      const bool output = path == value && is_output_by_name(name);
      const bool written = place && (output || is_temporary(facts, place->path) ||
                                     is_new_beside_sources(facts, *place));
      if (written && !root) {
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
// files. What lies in a project, or was left by a step, is a package's.
void add_requests(CallFacts& facts, const std::string& script, const std::vector<std::string>& tops,
                  const kit::Manifest& manifest) {
  const std::vector<CallFacts::Place> named = facts.places;
  for (const auto& place : named) {
    const bool request = place.exists && place.path != place.directory && place.path != script &&
                         is_temporary(facts, place.path);
    if (!request || is_artefact(place.path) || is_left_by_step(place.path)) continue;
    if (!project_above(place.directory, tops, manifest).empty()) continue;
    for (const auto& path : paths_in(text_of(place.path))) add_place(facts, {path, true});
  }
}

// Forgets the places that a text names and that the package's own words name, too. The package may
// spell a path in another way than the place is called: the text has its spelling. Where the words
// have changed, of the places for temporary files those beside the front end's script are left.
void forget_packages_own(CallFacts& facts, const Call& call) {
  if (facts.project.empty()) return;
  if (!is_uvs_text(call.python) && has_changed_words(facts.project)) {
    std::string own = facts.script.empty() ? std::string() : parent_of(facts.script);
    const auto& tops = facts.temporary;
    if (std::find(tops.begin(), tops.end(), own) != tops.end()) own.clear();
    std::erase_if(facts.places, [&](const CallFacts::Place& place) {
      return place.by_text && is_temporary(facts, place.path) && !is_within(place.path, own);
    });
  }
  const std::optional<std::string> pyproject = whole_text_of(facts.project + "/pyproject.toml");
  std::erase_if(facts.places, [&](const CallFacts::Place& place) {
    return place.by_text && (!pyproject || is_packages_own_text(*pyproject, place.path) ||
                             is_packages_own_text(*pyproject, place.spelled));
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
  // A script in sources or in the environment is a package's, and one that a step left.
  const bool packages = script.empty() || is_within(script, facts.virtual_env) ||
                        is_within(script, facts.project) || is_left_by_step(script) ||
                        !project_above(parent_of(script), tops, manifest).empty();
  const std::vector<CallPath> named =
      call_paths(call, front_ends_text(call, facts, packages ? std::string() : script));
  for (const auto& path : named) add_place(facts, path);
  if (!script.empty() && is_temporary(facts, script)) add_place(facts, {script, false});
  add_variables(facts, call);
  add_requests(facts, script, tops, manifest);
  if (facts.by_interpreter) facts.front_ends_projects = projects_of(::getppid());
  for (const auto& place : facts.places) {
    if (!facts.project.empty()) break;
    facts.project = project_above(place.directory, tops, manifest);
  }
  if (facts.project.empty()) facts.project = project_in_variables(facts, call, tops, manifest);
  forget_packages_own(facts, call);
}

}  // namespace rind
