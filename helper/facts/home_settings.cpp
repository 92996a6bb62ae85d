#include "helper/facts/home_settings.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "common/base/look.h"
#include "common/base/sys.h"

namespace rind {
namespace {

// A step gets copies of these: they may have credentials, and builds write to them
// (git config --global, go env -w).
constexpr std::array<const char*, 5> kKeys = {"$HOME/.gitconfig", "$HOME/.config/git/config",
                                              "$HOME/.config/go/env", "$HOME/.pydistutils.cfg",
                                              "$HOME/.bazelrc"};

constexpr size_t kMostOfFile = size_t{256} << 10;

// The text of a regular file that the builder can read.
std::optional<std::string> text_of(const std::string& path) {
  const Fd file = sys::open_if_any(AT_FDCWD, path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
  if (!file) return std::nullopt;
  const struct stat st = sys::stat_fd(file.get(), path);
  if (!S_ISREG(st.st_mode) || st.st_size > static_cast<off_t>(kMostOfFile)) return std::nullopt;
  return sys::read_all(file.get(), kMostOfFile, path);
}

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

}  // namespace rind
