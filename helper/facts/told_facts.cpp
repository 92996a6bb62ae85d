#include "helper/facts/told_facts.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <set>

#include "common/base/look.h"
#include "common/base/resolve.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "helper/facts/links.h"
#include "helper/facts/paths.h"
#include "helper/step/told_paths.h"

namespace rind {
namespace {

// The directories that the policy covers, and the place where front ends keep the packages' work
// directories.
std::vector<std::string> covered_places(const Facts& facts, const Policy& policy,
                                        const Step& step) {
  std::vector<std::string> places;
  for (const auto& [key, spec] : policy.views) {
    if (spec.view != View::kHidden && spec.view != View::kPrivate) continue;
    const auto found = facts.paths.find(key);
    if (found == facts.paths.end()) continue;
    for (const auto& fact : found->second) {
      if (fact.type == PathFact::Type::kDirectory) places.push_back(fact.canonical);
    }
  }
  if (!step.build_environment.empty()) {
    const std::string packages = parent_of(parent_of(step.build_environment));
    if (packages != "/") places.push_back(packages);
  }
  return places;
}

// The innermost of `places` that contains `path` and is not `path` itself; "" for none.
std::string place_around(const std::vector<std::string>& places, const std::string& path) {
  std::string around;
  for (const auto& place : places) {
    if (place != path && is_within(path, place) && place.size() > around.size()) around = place;
  }
  return around;
}

bool is_of_the_image(const std::string& path) {
  for (const char* system :
       {"/usr", "/bin", "/sbin", "/lib", "/lib64", "/etc", "/proc", "/sys", "/dev"}) {
    if (is_within(path, system)) return true;
  }
  return false;
}

// True for the directories of a prefix (FHS, and what version managers of languages have).
bool is_part_of_prefix(const std::string& name) {
  static const std::set<std::string> kParts = {"bin",     "sbin",    "lib",   "lib32", "lib64",
                                               "libexec", "include", "share", "shims", "condabin"};
  return kParts.count(name) != 0;
}

// See Facts::Told::prefix. place: the covered place around it, which is no prefix.
std::string prefix_of(const std::string& directory, const std::string& place) {
  std::string at = place;
  for (const auto& part : split(directory.substr(place == "/" ? 1 : place.size() + 1), '/')) {
    if (is_part_of_prefix(part)) return at == place ? std::string() : at;
    at += "/" + part;
  }
  return directory;
}

class Teller {
 public:
  Teller(Facts& facts, const Policy& policy, const Step& step)
      : facts_(facts), step_(step), places_(covered_places(facts, policy, step)) {}

  // variable: "" for an argument.
  void tell(const std::string& variable, const std::string& path);
  // For an element of PATH: programs in it may be links to covered places.
  void tell_links_in(const std::string& directory);

 private:
  void add_links(Facts::Told& told, const std::string& path);
  void add_toolchain(Facts::Told& told, const std::string& place);
  void add_part(Facts::Told& told, const std::string& path) const;
  void add_credentials(Facts::Told& told, const std::string& top) const;
  bool may_be_written(const std::string& directory) const;

  Facts& facts_;
  const Step& step_;
  std::vector<std::string> places_;
  std::set<std::pair<std::string, std::string>> known_;
  std::map<std::string, PathFact> facts_by_path_;
};

// True for places in which a step may have made links: its own trees, and where front ends keep
// other packages' trees.
bool Teller::may_be_written(const std::string& directory) const {
  if (is_within(directory, step_.source) || is_within_any(directory, step_.beside)) return true;
  if (step_.build_environment.empty()) return false;
  return is_within(directory, parent_of(parent_of(step_.build_environment)));
}

void Teller::add_links(Facts::Told& told, const std::string& path) {
  for (auto& link : links_on_the_way(path)) {
    const std::string directory = parent_of(link.path);
    // Who could make the link could also show what lies beside it.
    const bool harmless =
        directory == "/" || is_of_the_image(directory) || is_within(told.path, directory);
    told.by_link = told.by_link || !harmless;
    facts_.links.push_back(std::move(link));
  }
}

void Teller::add_part(Facts::Told& told, const std::string& path) const {
  const PathFact fact = path_fact(path);
  // A link leads to another place, which nobody named.
  if (fact.type != PathFact::Type::kDirectory || fact.canonical != path) return;
  told.beside.push_back({path, true});
}

void Teller::add_credentials(Facts::Told& told, const std::string& top) const {
  constexpr size_t kMostEntries = 1024;
  const auto add = [&](const std::string& name) {
    // A cover goes to the file behind a link, wherever that is.
    const PathFact fact = path_fact(top + "/" + name);
    if (fact.type == PathFact::Type::kAbsent) return;
    told.credentials.push_back({fact.canonical, fact.type == PathFact::Type::kDirectory});
  };
  const Fd directory = sys::open_if_any(AT_FDCWD, top, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!directory) return;
  const std::vector<std::string>& known = credentials_in_prefixes();
  size_t entries = 0;
  sys::for_each_entry(directory.get(), top, [&](const dirent& entry) {
    if (std::find(known.begin(), known.end(), entry.d_name) != known.end()) add(entry.d_name);
    return ++entries < kMostEntries;
  });
  // A larger directory is not read to its end, and some names lie deeper.
  for (const auto& name : known) {
    if (entries == kMostEntries || name.find('/') != std::string::npos) add(name);
  }
}

void Teller::add_toolchain(Facts::Told& told, const std::string& place) {
  const bool program = !told.directory && told.executable;
  if (told.directory) told.prefix = prefix_of(told.path, place);
  if (program && parent_of(told.path) != place) {
    const std::string directory = parent_of(told.path);
    const std::string prefix = prefix_of(directory, place);
    if (prefix != directory) told.prefix = prefix;
  }
  if (base_name(told.prefix) == ".local") {
    // It also contains keyrings, and the state of programs.
    for (const char* part : {"/bin", "/lib", "/lib64", "/libexec", "/include", "/share/uv/tools",
                             "/share/uv/python", "/share/pipx/venvs", "/pipx/venvs", "/share/cmake",
                             "/share/pkgconfig", "/share/aclocal"}) {
      add_part(told, told.prefix + part);
    }
    told.prefix.clear();
  }
  // The programs in it execute those of a toolchain.
  if (base_name(told.prefix) == ".cargo") add_part(told, parent_of(told.prefix) + "/.rustup");
  add_credentials(told, told.prefix.empty() ? told.path : told.prefix);
  for (const auto& part : told.beside) add_credentials(told, part.path);
}

void Teller::tell(const std::string& variable, const std::string& path) {
  constexpr size_t kMost = 8192;
  if (is_of_the_image(path) || facts_.told.size() >= kMost) return;
  if (!known_.insert({variable, path}).second) return;
  // Several variables often name one path.
  auto looked_at = facts_by_path_.find(path);
  if (looked_at == facts_by_path_.end()) {
    looked_at = facts_by_path_.emplace(path, path_fact(path)).first;
  }
  const PathFact& fact = looked_at->second;
  const bool directory = fact.type == PathFact::Type::kDirectory;
  if (!directory && fact.type != PathFact::Type::kFile) return;
  if (fact.canonical == "/" || is_of_the_image(fact.canonical)) return;
  const std::string place = place_around(places_, fact.canonical);
  const bool written = directory && is_written_by_name(variable);
  if (place.empty() && !written) return;
  Facts::Told told = {variable, fact.canonical, directory, !directory && (fact.mode & 0111) != 0};
  if (!place.empty()) {
    add_links(told, path);
    add_toolchain(told, place);
  }
  facts_.told.push_back(std::move(told));
}

void Teller::tell_links_in(const std::string& directory) {
  constexpr size_t kMostEntries = 16384;
  // A system directory has hundreds of links, and its own package manager makes them.
  if (is_of_the_image(directory) && !is_within(directory, "/usr/local")) return;
  const PathFact fact = path_fact(directory);
  if (fact.type != PathFact::Type::kDirectory || may_be_written(fact.canonical)) return;
  const Fd opened = sys::open_if_any(AT_FDCWD, fact.canonical, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!opened) return;
  std::vector<std::string> targets;
  size_t entries = 0;
  sys::for_each_entry(opened.get(), directory, [&](const dirent& entry) {
    if (sys::entry_type(opened.get(), entry) == DT_LNK) {
      const std::string target = sys::read_link(opened.get(), entry.d_name);
      // A relative one usually stays in its prefix.
      if (target[0] == '/' && !place_around(places_, target).empty()) targets.push_back(target);
    }
    return ++entries < kMostEntries;
  });
  for (const auto& target : targets) tell("PATH", target);
}

}  // namespace

void gather_told(Facts& facts, const Policy& policy, const Call& call, const Step& step) {
  // Packages and variables must not influence the answer.
  if (step.asks_interpreter) return;
  Teller teller(facts, policy, step);
  for (const auto& entry : call.environment) {
    const size_t equals = entry.find('=');
    if (equals == std::string::npos || entry.find('/', equals) == std::string::npos) continue;
    const std::string name = entry.substr(0, equals);
    if (is_of_the_caller(name)) continue;
    const std::vector<std::string> paths = paths_in(entry.substr(equals + 1));
    for (const auto& path : paths) teller.tell(name, path);
    if (name != "PATH") continue;
    for (const auto& path : paths) teller.tell_links_in(path);
  }
  for (const auto& word : call.command) {
    for (const auto& path : paths_in(word)) teller.tell("", path);
  }
}

}  // namespace rind
