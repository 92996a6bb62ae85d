#include "helper/facts/settings_above.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/look.h"
#include "common/base/resolve.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "helper/facts/paths.h"

namespace rind {
namespace {

constexpr size_t kMostOfFile = size_t{64} << 10;

void add(std::vector<Facts::SettingsAbove>& found, const std::string& path,
         const PackageTrees& trees) {
  struct stat st = {};
  if (!sys::try_lstat(path, st)) return;
  const PathFact fact = path_fact(path);
  if (fact.type != PathFact::Type::kFile || !sys::may_access(fact.canonical, R_OK)) return;
  if (fact.canonical != path && trees.lead_out(path, fact.canonical)) return;
  const Fd file = open_canonical(fact.canonical, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  st = sys::stat_fd(file.get(), path);
  if (!S_ISREG(st.st_mode) || static_cast<uint64_t>(st.st_size) > kMostOfFile) return;
  found.push_back({path, sys::read_all(file.get(), kMostOfFile, path)});
}

}  // namespace

std::vector<Facts::SettingsAbove> settings_above(const Step& step, const PackageTrees& trees) {
  std::vector<Facts::SettingsAbove> found;
  if (step.source.empty() || step.asks_interpreter) return found;
  for (std::string at = step.source; at != "/";) {
    at = parent_of(at);
    const std::string prefix = at == "/" ? at : at + "/";
    // What a step of the package made there is its own, and it sees that.
    const std::string cargo = prefix + ".cargo";
    struct stat st = {};
    if (!is_within_any(cargo, step.beside) && sys::try_lstat(cargo, st)) {
      for (const char* name : {"/config.toml", "/config"}) add(found, cargo + name, trees);
    }
    for (const char* name :
         {"rust-toolchain.toml", "rust-toolchain", ".tool-versions", ".python-version"}) {
      add(found, prefix + name, trees);
    }
  }
  return found;
}

}  // namespace rind
