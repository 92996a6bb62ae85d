#include "helper/facts/builder_settings.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

#include "common/base/look.h"
#include "common/base/resolve.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "helper/facts/paths.h"

namespace rind {
namespace {

constexpr size_t kMostOfFile = size_t{64} << 10;

class Settings {
 public:
  explicit Settings(const PackageTrees& trees) : trees_(trees) {}

  void add(const std::string& path);
  std::vector<Facts::BuilderSettings> found() && { return std::move(found_); }

 private:
  const PackageTrees& trees_;
  std::vector<Facts::BuilderSettings> found_;
};

void Settings::add(const std::string& path) {
  struct stat st = {};
  if (!sys::try_lstat(path, st)) return;
  const PathFact fact = path_fact(path);
  if (fact.type != PathFact::Type::kFile || !sys::may_access(fact.canonical, R_OK)) return;
  if (fact.canonical != path && trees_.lead_out(path, fact.canonical)) return;
  const Fd file = open_canonical(fact.canonical, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  st = sys::stat_fd(file.get(), path);
  if (!S_ISREG(st.st_mode) || static_cast<uint64_t>(st.st_size) > kMostOfFile) return;
  found_.push_back({path, sys::read_all(file.get(), kMostOfFile, path)});
}

}  // namespace

std::vector<Facts::BuilderSettings> builder_settings(const Step& step, const std::string& home,
                                                     const PackageTrees& trees) {
  if (step.source.empty() || step.asks_interpreter) return {};
  Settings settings(trees);
  for (std::string at = step.source; at != "/";) {
    at = parent_of(at);
    const std::string prefix = at == "/" ? at : at + "/";
    // What a step of the package made there is its own, and it sees that.
    const std::string cargo = prefix + ".cargo";
    struct stat st = {};
    if (!is_within_any(cargo, step.beside) && sys::try_lstat(cargo, st)) {
      for (const char* name : {"/config.toml", "/config"}) settings.add(cargo + name);
    }
    for (const char* name :
         {"rust-toolchain.toml", "rust-toolchain", ".tool-versions", ".python-version"}) {
      settings.add(prefix + name);
    }
  }
  const std::string own = home.empty() ? home : path_fact(home).canonical;
  if (own.size() > 1) {
    for (const char* name : {"/.pydistutils.cfg", "/.bazelrc", "/.config/go/env"}) {
      settings.add(own + name);
    }
  }
  return std::move(settings).found();
}

}  // namespace rind
