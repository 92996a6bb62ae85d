#include "helper/facts/capture_facts.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "common/base/error.h"
#include "common/base/held.h"
#include "common/base/look.h"
#include "common/base/resolve.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "helper/step/artefact.h"
#include "helper/step/marks.h"
#include "helper/step/told_paths.h"

namespace rind {
namespace {

// True for an artefact that Rind delivered for the project (helper/outputs/take.h).
bool is_of_project(int directory, const std::string& name, const std::string& project) {
  if (project.empty()) return false;
  const Fd file = sys::open_if_any(directory, name, O_PATH | O_NOFOLLOW);
  return file && sys::attribute_of(file.get(), kProjectMark, name) == project_mark(project);
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
