#include "helper/facts/tree_facts.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <deque>
#include <utility>

#include "common/base/error.h"
#include "common/base/look.h"
#include "common/base/resolve.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "helper/facts/paths.h"

namespace rind {
namespace {

bool is_read_only(const std::string& path) {
  struct statvfs fs = {};
  return ::statvfs(path.c_str(), &fs) == 0 && (fs.f_flag & ST_RDONLY) != 0;
}

bool is_closed(mode_t mode) {
  if (S_ISDIR(mode)) return (mode & 0005) != 0005;
  return S_ISREG(mode) && (mode & 0004) == 0;
}

void gather_mounts(Facts& facts, const std::vector<MountInfo>& mounts, const std::string& tree) {
  for (const auto& mount : mounts) {
    if (mount.point == tree || !is_within(mount.point, tree)) continue;
    const MountInfo* top = mount_at(mounts, mount.point);
    struct stat st = {};
    const auto known = [&](const auto& found) { return found.path == mount.point; };
    if (std::any_of(facts.inner_mounts.begin(), facts.inner_mounts.end(), known)) continue;
    if (top == nullptr || top->id != mount.id || !sys::try_lstat(mount.point, st)) continue;
    facts.inner_mounts.push_back({mount.point, mount.type, S_ISDIR(st.st_mode),
                                  is_read_only(mount.point), is_closed(st.st_mode)});
  }
}

// Adds the first closed entries of a tree that nobody can open up.
void note_closed(Facts& facts, const std::string& tree) {
  constexpr size_t kMostEntries = 20000, kMostNamed = 4;
  size_t looked = 0, named = 0;
  std::deque<std::string> waiting = {tree};
  const auto note = [&](const std::string& path, mode_t mode) {
    if (!is_closed(mode)) return false;
    facts.unreadable.push_back(path);
    ++named;
    return true;
  };
  struct stat st = {};
  if (!sys::try_lstat(tree, st) || note(tree, st.st_mode) || !S_ISDIR(st.st_mode)) return;
  while (!waiting.empty() && looked < kMostEntries && named < kMostNamed) {
    const std::string path = std::move(waiting.front());
    waiting.pop_front();
    try {
      const Fd directory = open_canonical(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
      sys::for_each_entry(directory.get(), path, [&](const dirent& entry) {
        const std::string child = path + "/" + entry.d_name;
        if (!sys::try_lstat(directory.get(), entry.d_name, st)) return true;
        if (!note(child, st.st_mode) && S_ISDIR(st.st_mode)) waiting.push_back(child);
        return ++looked < kMostEntries && named < kMostNamed;
      });
    } catch (const SysError& e) {
      if (sys::is_no_answer(e.code())) throw;
      // Closed to the builder, too.
    }
  }
}

void gather_project_links(Facts& facts, const std::string& source) {
  for (const char* name : {"pyproject.toml", "setup.py", "setup.cfg"}) {
    struct stat st = {};
    const std::string path = source + "/" + name;
    if (!sys::try_lstat(path, st) || !S_ISLNK(st.st_mode)) continue;
    const PathFact target = path_fact(path);
    if (target.type == PathFact::Type::kAbsent || is_within(target.canonical, source)) continue;
    facts.project_links.push_back({path, target.canonical});
    if ((target.mode & 0004) == 0) facts.unreadable.push_back(target.canonical);
  }
}

}  // namespace

std::vector<std::string> written_trees(const Facts& facts, const Policy& policy, const Step& step,
                                       const std::vector<ExtraView>& extra) {
  std::vector<std::string> trees = {step.source, step.log};
  trees.insert(trees.end(), step.beside.begin(), step.beside.end());
  if (step.kind == Step::Kind::kInstall) trees.push_back(step.build_environment);
  for (const auto& output : step.outputs) {
    if (!output.writable) trees.push_back(output.path);
  }
  for (const auto& view : extra) {
    if (view.view == View::kRw) trees.push_back(view.path);
  }
  for (const auto& [key, spec] : policy.views) {
    if (!spec.lend) continue;
    const auto found = facts.paths.find(key);
    if (found == facts.paths.end()) continue;
    for (const auto& fact : found->second) trees.push_back(fact.canonical);
  }
  if (facts.repository.closed) trees.push_back(facts.repository.top);
  std::erase(trees, std::string());
  return trees;
}

void gather_trees(Facts& facts, OwnMounts& mounts, const Step& step,
                  const std::vector<std::string>& trees) {
  for (const auto& tree : trees) {
    gather_mounts(facts, mounts.table(), tree);
    if (!is_read_only(tree)) continue;
    facts.read_only.insert(tree);
    note_closed(facts, tree);
  }
  if (!step.source.empty()) gather_project_links(facts, step.source);
}

}  // namespace rind
