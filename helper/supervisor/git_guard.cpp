#include "helper/supervisor/git_guard.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/base/held.h"
#include "common/base/resolve.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "helper/facts/links.h"
#include "helper/facts/paths.h"
#include "helper/supervisor/git_mend.h"
#include "helper/supervisor/git_repository.h"
#include "helper/supervisor/new_file.h"

namespace rind {
namespace {

constexpr const char* kWhat = "keep git from running what the step left";
constexpr size_t kMostPlaces = 65536;
constexpr size_t kMostOfFile = size_t{1} << 20;
constexpr size_t kMostKept = size_t{16} << 20;

// Besides hooks, git reads these files to know what to run.
constexpr const char* kConfigs[] = {"config", "config.worktree"};
constexpr const char* kAttributes = "info/attributes";

std::string join(const std::string& directory, const std::string& name) {
  return directory.empty() ? name : directory + "/" + name;
}

// Removes other users' write access to a directory, also through an open descriptor.
void close_to_others(int directory, const std::string& path) {
  const struct stat st = sys::stat_fd(directory, path);
  if ((st.st_mode & S_IWOTH) == 0) return;
  if (::fchmod(directory, st.st_mode & 07777 & ~static_cast<mode_t>(S_IWOTH)) != 0) {
    throw_errno("take other users' write access from", path);
  }
}

}  // namespace

GitGuard::GitGuard(std::string tree) : tree_(std::move(tree)) {}

void GitGuard::see(std::string_view name, const PathOf& place) {
  if (name != ".git" && name != "HEAD") return;
  const std::string directory = place(".");
  too_many_ = too_many_ || places_.size() >= kMostPlaces;
  if (too_many_) return;
  places_.insert(directory.size() > tree_.size() ? directory.substr(tree_.size() + 1) : "");
}

std::set<std::string> GitGuard::take_places() {
  std::set<std::string> places;
  places.swap(places_);
  return places;
}

void GitGuard::require_all_places() const {
  if (too_many_)
    throw Error(kWhat, tree_ + " has too many repositories",
                "build from a tree with fewer git repositories in it");
}

GitGuard::Part GitGuard::look(int directory, const std::string& name, const Part* before) {
  constexpr uint64_t kMostRead = uint64_t{1} << 30;
  Part part;
  const Fd held = sys::hold(directory, name.c_str());
  if (!held) return part;
  const struct stat st = sys::stat_fd(held.get(), name);
  part.mode = st.st_mode & 0777U;
  part.owner = {st.st_uid, st.st_gid};
  if (S_ISLNK(st.st_mode)) {
    part.kind = Part::Kind::kLink;
    part.content = sys::read_link(held.get(), "");
    part.digest = sha256_hex(*part.content);
  } else if (S_ISREG(st.st_mode)) {
    part.kind = Part::Kind::kFile;
    part.size = static_cast<uint64_t>(st.st_size);
    const bool may_be_same = !remembered_ || (before != nullptr && before->size == part.size);
    if (part.size <= kMostOfFile && kept_ + kMostOfFile <= kMostKept) {
      const Fd file = git::open_file(held.get(), name);
      part.content = sys::read_all(file.get(), kMostOfFile, name);
      part.digest = sha256_hex(*part.content);
    } else if (may_be_same && read_ + part.size <= kMostRead) {
      read_ += part.size;
      part.digest = sha256_hex_of(git::open_file(held.get(), name).get(), kMostRead, name);
    }
  } else {
    part.kind = S_ISDIR(st.st_mode) ? Part::Kind::kDirectory : Part::Kind::kOther;
  }
  return part;
}

GitGuard::Repository GitGuard::read_repository(const Fd& directory) {
  Repository repository;
  const auto keep = [&](const std::string& path, Part part) {
    if (part.kind == Part::Kind::kAbsent) return;
    kept_ += part.content ? part.content->size() : 0;
    repository.parts.emplace(path, std::move(part));
  };
  for (const char* name : {kConfigs[0], kConfigs[1], git::kCommon, "hooks", "info"}) {
    keep(name, look(directory.get(), name, nullptr));
  }
  if (const Fd info = git::open_below(directory.get(), "info")) {
    keep(kAttributes, look(info.get(), "attributes", nullptr));
  }
  if (const Fd hooks = git::open_below(directory.get(), "hooks")) {
    for (const auto& name : git::hooks_in(hooks, kMostPlaces))
      keep("hooks/" + name, look(hooks.get(), name, nullptr));
  }
  return repository;
}

// The path in a .git file (after `gitdir:`), a commondir, or a link; "" when it leads nowhere.
std::string GitGuard::path_in(const std::string& name, const Part& part) {
  if (!part.content) return {};
  std::string path = *part.content;
  // The content of a link is its target. In a file, git takes everything after one blank.
  if (part.kind == Part::Kind::kLink) return path;
  constexpr std::string_view kPrefix = "gitdir: ";
  if (name == ".git") {
    if (!path.starts_with(kPrefix)) return {};
    path = path.substr(kPrefix.size());
  }
  while (!path.empty() && (path.back() == '\n' || path.back() == '\r')) path.pop_back();
  return path.find('\0') == std::string::npos ? path : std::string();
}

GitGuard::Pointer GitGuard::follow(const std::string& place, const std::string& name,
                                   const Part& part) const {
  Pointer pointer{part, "", false};
  std::string path = path_in(name, part);
  if (path.empty()) return pointer;
  if (path[0] != '/') path = join(join(tree_, place), path);
  const PathFact target = path_fact(path);
  pointer.target = target.canonical;
  // git reads the target of a link like a .git file.
  if (target.type != PathFact::Type::kDirectory) return pointer;
  // A step of another package may change a link outside of the tree.
  const std::vector<Link> links = links_on_the_way(path);
  pointer.inside = is_within(pointer.target, tree_) &&
                   std::all_of(links.begin(), links.end(),
                               [&](const Link& link) { return is_within(link.path, tree_); });
  return pointer;
}

void GitGuard::remember(int top) {
  // Here, before the step starts: a repository that is not known has no memory and no covers.
  require_all_places();
  places_before_ = take_places();
  for (const auto& place : places_before_) {
    const Fd directory = git::open_place(top, place);
    if (!directory || !trusted_) continue;
    const auto keep_pointer = [&](const char* name) {
      const Part part = look(directory.get(), name, nullptr);
      if (part.kind != Part::Kind::kFile && part.kind != Part::Kind::kLink) return;
      pointers_.emplace(join(place, name), follow(place, name, part));
    };
    keep_pointer(".git");
    if (!git::is_repository(directory.get())) continue;
    keep_pointer(git::kCommon);
    repositories_.emplace(place, read_repository(directory));
  }
  remembered_ = true;
}

std::vector<std::string> GitGuard::places_before() const {
  std::vector<std::string> places;
  for (const auto& place : places_before_)
    places.push_back(place.empty() ? tree_ : join(tree_, place));
  return places;
}

void GitGuard::put_back(int top, std::optional<Owner> owner) {
  if (!remembered_) return;
  owner_ = owner;
  std::string trouble;
  int code = 0;
  // places_ is kept, so that a second call does it again. An error at one place does not stop the
  // others.
  for (const auto& place : places_) {
    try {
      const Fd directory = git::open_place(top, place);
      if (directory) mend(directory, place);
    } catch (const SysError& e) {
      if (trouble.empty()) code = e.code();
      if (trouble.empty()) trouble = e.what();
    } catch (const Error& e) {
      if (trouble.empty()) trouble = e.what();
    }
  }
  if (trouble.empty() && !lost_.empty()) {
    trouble = lost_.begin()->first +
              " is gone: what the step left there was removed, and nothing " +
              "could be put in its place: " + lost_.begin()->second;
  }
  if (code == EACCES || code == EPERM) throw SysError(kWhat, tree_, code);
  if (!trouble.empty()) throw Error(kWhat, trouble, "remove the tree and build the package again");
  require_all_places();
}

void GitGuard::mend(const Fd& directory, const std::string& place) {
  if (owner_) close_to_others(directory.get(), join(tree_, place));
  mend_pointer(directory, place, ".git");
  if (git::is_repository(directory.get())) mend_repository(directory, place);
}

void GitGuard::mend_repository(const Fd& directory, const std::string& place) {
  mend_pointer(directory, place, git::kCommon);
  for (const char* name : kConfigs) mend_config(directory, place, name);
  mend_part(directory, place, "hooks");
  if (const Fd hooks = git::open_below(directory.get(), "hooks")) {
    if (owner_) close_to_others(hooks.get(), join(place, "hooks"));
    for (const auto& name : git::hooks_in(hooks, kMostPlaces))
      mend_part(hooks, place, "hooks/" + name);
  }
  mend_part(directory, place, "info");
  if (const Fd info = git::open_below(directory.get(), "info")) {
    if (owner_) close_to_others(info.get(), join(place, "info"));
    mend_part(info, place, kAttributes);
  }
}

void GitGuard::mend_pointer(const Fd& directory, const std::string& place, const char* name) {
  const std::string path = join(place, name);
  const auto before = pointers_.find(path);
  const bool known = before != pointers_.end();
  const Part part = look(directory.get(), name, known ? &before->second.part : nullptr);
  if (part.kind != Part::Kind::kFile && part.kind != Part::Kind::kLink) return;
  const Pointer now = follow(place, name, part);
  const bool common = name == std::string(git::kCommon);
  // In the tree, a link may lead to a file that the step wrote.
  const bool by_link =
      part.kind == Part::Kind::kLink && is_within(now.target, tree_) && (common || !now.inside);
  if (known && !by_link && before->second.part == part && before->second.target == now.target) {
    return renew(directory.get(), name, part);
  }
  // In the tree it leads to a repository that is checked like any other; the target of a commondir
  // is one only if it has a HEAD.
  const auto is_other = [&] {
    const Fd target = open_canonical(now.target, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    return git::is_repository(target.get());
  };
  if (now.inside && !(common && part.kind == Part::Kind::kLink) && (!common || is_other())) {
    return renew(directory.get(), name, part);
  }
  // The old pointer may lead elsewhere now: the step may have replaced a directory on its way by a
  // link.
  const bool leads_back =
      known && follow(place, name, before->second.part).target == before->second.target;
  restore(directory.get(), name, path, part, leads_back ? &before->second.part : nullptr);
}

const GitGuard::Part* GitGuard::remembered(const std::string& place,
                                           const std::string& part) const {
  const auto repository = repositories_.find(place);
  if (repository == repositories_.end()) return nullptr;
  const auto found = repository->second.parts.find(part);
  return found == repository->second.parts.end() ? nullptr : &found->second;
}

void GitGuard::mend_config(const Fd& directory, const std::string& place, const char* name) {
  const Part* before = remembered(place, name);
  const Part now = look(directory.get(), name, before);
  if (now.kind == Part::Kind::kAbsent || now.kind == Part::Kind::kDirectory) return;
  if (before != nullptr && *before == now) return renew(directory.get(), name, now);
  const std::string path = join(place, name);
  if (now.kind != Part::Kind::kFile || !now.content) {
    return restore(directory.get(), name, path, now, before);
  }
  const bool known = before != nullptr && before->kind == Part::Kind::kFile;
  const MendedConfig mended = mend_git_config(known ? before->content : std::nullopt, *now.content);
  if (mended.text == *now.content) return renew(directory.get(), name, now);
  replace(directory.get(), name, mended.text, (now.mode & 0666) | 0600, now);
  if (mended.keys.empty()) return;
  std::string keys;
  for (const auto& key : mended.keys) keys += (keys.empty() ? "" : ", ") + key;
  said_.push_back(path + " (" + keys + ")");
}

// directory: the directory that contains the part.
void GitGuard::mend_part(const Fd& directory, const std::string& place, const std::string& part) {
  const std::string name = base_name(part);
  const Part* before = remembered(place, part);
  const Part now = look(directory.get(), name, before);
  if (now.kind == Part::Kind::kAbsent || now.kind == Part::Kind::kDirectory) return;
  if (before != nullptr && *before == now) return renew(directory.get(), name, now);
  restore(directory.get(), name, join(place, part), now, before);
}

// Puts a file in the place of another one, `old`, as a whole: neither a kill nor another process
// finds half of it.
void GitGuard::replace(int directory, const std::string& name, const std::string& content,
                       unsigned mode, const Part& old) const {
  NewFile file(directory);
  sys::write_all(file.held(), content, name);
  sys::set_mode(file.held(), mode, name);
  file.put(name);
  // Last: without CAP_FOWNER only the owner of a file may link it or set its mode.
  if (owner_) sys::set_owner(file.held(), old.owner.uid, old.owner.gid, name);
}

// A step can fill a file system so that there is no room for another file beside its own. Its own
// goes in any case; then there may be room.
void GitGuard::replace_or_remove(int directory, const std::string& name, const std::string& path,
                                 const std::function<void()>& put) {
  std::string why;
  try {
    return put();
  } catch (const Error& e) {
    why = e.what();
  }
  if (::unlinkat(directory, name.c_str(), 0) != 0 && errno != ENOENT) throw_errno("remove", name);
  lost_[path] = why;
  put();
  lost_.erase(path);
}

// Replaces an unchanged file by a new one: another step may have a descriptor of the old file,
// which the step owned meanwhile.
void GitGuard::renew(int directory, const std::string& name, const Part& part) const {
  if (!owner_ || part.kind != Part::Kind::kFile || !part.content) return;
  replace(directory, name, *part.content, part.mode, part);
}

// now: what is there instead of `before`.
void GitGuard::restore(int directory, const std::string& name, const std::string& path,
                       const Part& now, const Part* before) {
  const bool known = before != nullptr && before->content;
  if (known && before->kind == Part::Kind::kLink) {
    replace_or_remove(directory, name, path, [&] {
      NewFile link(directory, *before->content);
      link.put(name);
      if (owner_) sys::set_owner(link.held(), now.owner.uid, now.owner.gid, name);
    });
  } else if (known && before->kind == Part::Kind::kFile) {
    replace_or_remove(directory, name, path,
                      [&] { replace(directory, name, *before->content, before->mode, now); });
  } else if (::unlinkat(directory, name.c_str(), 0) != 0 && errno != ENOENT) {
    throw_errno("remove", name);
  }
  said_.push_back(path);
}

std::string GitGuard::said() const {
  constexpr size_t kMost = 10;
  if (said_.empty()) return {};
  std::string line = "Rind undid changes of the step in " + tree_ +
                     ", because git would run or follow them outside of the step: ";
  for (size_t i = 0; i < said_.size() && i < kMost; ++i) line += (i == 0 ? "" : ", ") + said_[i];
  if (said_.size() > kMost) line += " and " + std::to_string(said_.size() - kMost) + " more";
  return printable(line);
}

}  // namespace rind
