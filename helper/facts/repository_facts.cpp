#include "helper/facts/repository_facts.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <optional>

#include "common/base/error.h"
#include "common/base/git_config.h"
#include "common/base/look.h"
#include "common/base/resolve.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "helper/facts/paths.h"

namespace rind {
namespace {

std::optional<struct stat> look_at(const std::string& path) {
  struct stat st = {};
  if (!sys::try_lstat(path, st)) return std::nullopt;
  return st;
}

// The content of a regular file; "" where there is none, or a larger one.
std::string read_small(const std::string& path) {
  constexpr size_t kMost = size_t{1} << 20;
  const auto st = look_at(path);
  if (!st || !S_ISREG(st->st_mode) || static_cast<uint64_t>(st->st_size) > kMost) return {};
  try {
    const Fd file = open_canonical(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    return sys::read_all(file.get(), kMost, path);
  } catch (const SysError& e) {
    if (e.code() == EACCES) return {};  // closed to the builder, and so to its git
    throw;
  }
}

std::string without_line_end(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text.find('\0') == std::string::npos ? text : std::string();
}

// The canonical directory that `path`, relative to `base`, names; "" for none.
std::string directory_at(const std::string& base, const std::string& path) {
  if (path.empty()) return {};
  const PathFact fact = path_fact(path[0] == '/' ? path : base + "/" + path);
  return fact.type == PathFact::Type::kDirectory ? fact.canonical : std::string();
}

bool is_git_directory(const std::string& path, unsigned uid) {
  const auto top = look_at(path), head = look_at(path + "/HEAD");
  return top && S_ISDIR(top->st_mode) && top->st_uid == uid && head &&
         (S_ISREG(head->st_mode) || S_ISLNK(head->st_mode));
}

// For the git directory of a work tree at `top`: the directory that it shares with other work
// trees; "" when it does not lead back to `top`.
std::string common_of_worktree(const std::string& directory, const std::string& top) {
  const std::string back = without_line_end(read_small(directory + "/gitdir"));
  if (!back.ends_with("/.git")) return {};
  if (directory_at(directory, back.substr(0, back.size() - 5)) != top) return {};
  const std::string common =
      directory_at(directory, without_line_end(read_small(directory + "/commondir")));
  const std::string worktrees = parent_of(directory);
  const bool inside = base_name(worktrees) == "worktrees" && parent_of(worktrees) == common;
  return inside ? common : std::string();
}

// True for the git directory of a submodule at `top`.
bool is_of_submodule(const std::string& directory, const std::string& top) {
  if (look_at(directory + "/commondir")) return false;
  const auto entries = parse_git_config(read_small(directory + "/config"));
  if (!entries) return false;
  std::string tree;
  for (const auto& entry : *entries) {
    if (entry.section == "core" && !entry.subsection && entry.name == "worktree") {
      tree = entry.value.value_or("");
    }
  }
  return directory_at(directory, tree) == top;
}

// Adds what a `.git` file or link of the work tree names.
void follow_pointer(Facts::Repository& repository, unsigned uid) {
  constexpr std::string_view kPrefix = "gitdir: ";
  const std::string& top = repository.top;
  const std::string linked = directory_at(top, ".git");
  if (!linked.empty()) {
    repository.git_directory = linked;
    if (!is_within(linked, top)) repository.elsewhere.push_back(linked);
    return;
  }
  const std::string text = without_line_end(read_small(top + "/.git"));
  if (!text.starts_with(kPrefix)) return;
  const std::string path = text.substr(kPrefix.size());
  const std::string named = directory_at(top, path);
  if (named.empty()) return;
  repository.git_directory = named;
  if (is_within(named, top)) return;
  const std::string common = common_of_worktree(named, top);
  const std::string& shown = common.empty() ? named : common;
  const bool known = !common.empty() || is_of_submodule(named, top);
  if (!known || !is_git_directory(named, uid) || !is_git_directory(shown, uid)) {
    repository.elsewhere.push_back(named);
    return;
  }
  repository.directories.push_back(shown);
  for (auto& link : links_on_the_way(path[0] == '/' ? path : top + "/" + path)) {
    repository.links.push_back(std::move(link));
  }
}

// Adds the object directories of other repositories. Nothing in such a repository leads back, so
// they are never shown for this reason.
void add_alternates(Facts::Repository& repository) {
  std::vector<std::string> places = {repository.git_directory};
  for (const auto& directory : repository.directories) places.push_back(directory);
  for (const auto& place : places) {
    const std::string objects = place + "/objects";
    for (const auto& line : split(read_small(objects + "/info/alternates"), '\n')) {
      if (line.empty() || line[0] == '#') continue;
      const std::string other = directory_at(objects, without_line_end(line));
      if (!other.empty()) repository.elsewhere.push_back(other);
    }
  }
}

// True when users other than the owner cannot read the repository.
bool is_closed(const std::string& top, const std::string& git_directory) {
  const auto lacks = [](const std::string& path, mode_t bits) {
    const auto st = look_at(path);
    return st && !S_ISLNK(st->st_mode) && (st->st_mode & bits) != bits;
  };
  return lacks(top, 05) || lacks(git_directory, 05) || lacks(git_directory + "/HEAD", 04) ||
         lacks(git_directory + "/index", 04) || lacks(git_directory + "/objects", 05);
}

}  // namespace

Facts::Repository repository_of(const std::string& source, bool upwards, unsigned uid) {
  Facts::Repository repository;
  if (source.empty()) return repository;
  const auto start = look_at(source);
  for (std::string at = source; at != "/"; at = parent_of(at)) {
    const auto directory = look_at(at), git = look_at(at + "/.git");
    // Git does not leave the file system.
    if (!start || !directory || directory->st_dev != start->st_dev) return repository;
    const bool found =
        git && (!S_ISDIR(git->st_mode) || is_git_directory(at + "/.git", git->st_uid));
    if (!found && !upwards) return repository;
    if (!found) continue;
    if (directory->st_uid != uid || git->st_uid != uid) return repository;
    repository.top = at;
    break;
  }
  if (repository.top.empty()) return repository;
  repository.git_directory = repository.top + "/.git";
  follow_pointer(repository, uid);
  add_alternates(repository);
  repository.closed = is_closed(repository.top, repository.git_directory);
  return repository;
}

}  // namespace rind
