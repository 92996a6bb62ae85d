#include "helper/facts/builder_settings.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "common/base/look.h"
#include "common/base/resolve.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "helper/facts/paths.h"

namespace rind {
namespace {

// A step gets copies of these: they may have credentials, and builds write to them
// (git config --global, go env -w).
constexpr std::array<const char*, 6> kKeys = {"$HOME/.gitconfig",     "$HOME/.config/git/config",
                                              "$HOME/.config/go/env", "$HOME/.pydistutils.cfg",
                                              "$HOME/.bazelrc",       "$HOME/.tool-versions"};

// The text of a file of at most 64 KiB that the builder can read. A component of `canonical` that
// has become a link since it was resolved is an error.
std::optional<std::string> text_of(const std::string& canonical) {
  constexpr size_t kMost = size_t{64} << 10;
  if (!sys::may_access(canonical, R_OK)) return std::nullopt;
  const Fd file = try_open_canonical(canonical, O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
  if (!file) return std::nullopt;
  const struct stat st = sys::stat_fd(file.get(), canonical);
  if (!S_ISREG(st.st_mode) || static_cast<uint64_t>(st.st_size) > kMost) return std::nullopt;
  return sys::read_all(file.get(), kMost, canonical);
}

// True where a step of the package may have made a link on the way to `path`, which builds look for
// in `directory`. Above a project may lie more of the package's: a step there can remove what tells
// so, and have the project in it built.
bool may_be_packages(const Step& step, const PackageTrees& trees, const std::string& directory,
                     const std::string& path, const std::string& canonical) {
  if (canonical == path) return false;
  return (step.is_project && !is_within(canonical, directory)) || trees.lead_out(path, canonical);
}

class CopiedSettings {
 public:
  CopiedSettings(Facts& facts, const Step& step, const PackageTrees& trees)
      : facts_(facts), step_(step), trees_(trees) {}

  // name: below `directory`, in which builds look for it.
  void add(const std::string& directory, const std::string& name) {
    const std::string path = (directory == "/" ? "" : directory) + "/" + name;
    struct stat st = {};
    if (!sys::try_lstat(path, st)) return;
    const PathFact fact = path_fact(path);
    if (fact.type != PathFact::Type::kFile) return;
    if (may_be_packages(step_, trees_, directory, path, fact.canonical)) return;
    if (auto text = text_of(fact.canonical)) {
      const bool closed = (fact.mode & S_IROTH) == 0;
      facts_.copied_settings.push_back({path, fact.canonical, std::move(*text), closed});
    }
  }

 private:
  Facts& facts_;
  const Step& step_;
  const PackageTrees& trees_;
};

}  // namespace

bool is_home_settings(const std::string& key) {
  return std::find(kKeys.begin(), kKeys.end(), key) != kKeys.end();
}

void gather_home_settings(Facts& facts, const Policy& policy) {
  for (const auto& [key, spec] : policy.views) {
    if (spec.view != View::kRo || !is_home_settings(key)) continue;
    for (const auto& fact : facts.paths[key]) {
      if (fact.type != PathFact::Type::kFile || fact.by_link || fact.other_home) continue;
      if (auto text = text_of(fact.canonical)) {
        const std::string name = key.substr(key.find('/') + 1);
        facts.home_settings.push_back({name, fact.canonical, std::move(*text)});
        break;
      }
    }
  }
}

void gather_copied_settings(Facts& facts, const Step& step, const PackageTrees& trees) {
  if (step.source.empty() || step.asks_interpreter) return;
  CopiedSettings settings(facts, step, trees);
  for (std::string at = step.source; at != "/";) {
    at = parent_of(at);
    // What a step of the package made there is its own, and it sees that.
    const std::string cargo = (at == "/" ? "" : at) + "/.cargo";
    struct stat st = {};
    if (!is_within_any(cargo, step.beside) && sys::try_lstat(cargo, st)) {
      for (const char* name : {".cargo/config.toml", ".cargo/config"}) settings.add(at, name);
    }
    for (const char* name :
         {"rust-toolchain.toml", "rust-toolchain", ".tool-versions", ".python-version"}) {
      settings.add(at, name);
    }
  }
  for (const char* home : {"$CARGO_HOME", "$HOME/.cargo"}) {
    for (const auto& fact : facts.paths[home]) {
      if (fact.type != PathFact::Type::kDirectory || fact.by_link || fact.other_home) continue;
      if (is_within(fact.canonical, step.source)) continue;
      for (const char* name : {"config.toml", "config"}) settings.add(fact.canonical, name);
    }
  }
}

}  // namespace rind
