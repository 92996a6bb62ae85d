#include "helper/outputs/copies.h"

#include <fcntl.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/base/held.h"
#include "common/base/sys.h"
#include "helper/outputs/take.h"
#include "helper/step/told_paths.h"

namespace rind {

struct Copies::Place {
  int from, to;
  std::string path;  // of the directory
};

namespace {

void give_to_step(int directory, const std::string& name, const Plan& plan) {
  if (has_builders_uid(plan)) return;
  if (::fchownat(directory, name.c_str(), plan.uid, plan.gid, AT_SYMLINK_NOFOLLOW) != 0) {
    throw_errno("change the owner of", name);
  }
}

// in: the file; name: of the copy in `to`.
void copy_file(const Fd& in, int to, const std::string& name, const struct stat& st) {
  const Fd out = sys::open(to, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
  constexpr size_t kPiece = size_t{1} << 30;
  ssize_t n = 0;
  while ((n = ::sendfile(out.get(), in.get(), nullptr, kPiece)) > 0) {
  }
  if (n < 0) throw_errno("copy", name);
  if (::fchmod(out.get(), st.st_mode & 0777) != 0) throw_errno("set the mode of", name);
  const struct timespec times[2] = {st.st_atim, st.st_mtim};
  if (::futimens(out.get(), times) != 0) throw_errno("set the times of", name);
}

}  // namespace

bool is_code(const std::string& name, mode_t mode) {
  for (const char* end : {".py", ".pyc", ".pyd", ".so", ".pth", ".sh", ".pyz", ".zip", ".egg"}) {
    if (name.ends_with(end)) return true;
  }
  return name.find(".so.") != std::string::npos || name.starts_with("__init__.") ||
         name.starts_with("__main__.") || (S_ISREG(mode) && (mode & 0111) != 0);
}

void Copies::note(const std::string& path, const struct stat& st) {
  known_[path] = {st.st_ino, st.st_ctim};
}

void Copies::copy(const Place& place, const std::string& name, const Plan& plan) {
  const std::string path = place.path + "/" + name;
  const Fd held = sys::hold(place.from, name.c_str());
  if (!held) return;  // the caller has removed it
  struct stat st = sys::stat_fd(held.get(), path);
  if (S_ISLNK(st.st_mode)) {
    sys::make_symlink(sys::read_link(held.get(), ""), place.to, name);
    links_.insert(path);
  } else if (S_ISDIR(st.st_mode)) {
    sys::make_directory(place.to, name, 0700);
    const Fd from = sys::open_held(held.get(), O_RDONLY | O_DIRECTORY, path);
    const Fd to = sys::open(place.to, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    sys::for_each_entry(from.get(), path, [&](const dirent& entry) {
      const std::string child = entry.d_name;
      const bool skipped = child.starts_with("rind-private-") || is_credentials_name(child);
      if (!skipped) copy({from.get(), to.get(), path}, child, plan);
      return true;
    });
    if (::fchmod(to.get(), st.st_mode & 0777) != 0) throw_errno("set the mode of", path);
  } else if (S_ISREG(st.st_mode)) {
    copy_file(sys::open_held(held.get(), O_RDONLY | O_NONBLOCK, path), place.to, name, st);
    if (is_code(name, st.st_mode)) with_code_[place.path] = true;
  } else {
    return;
  }
  give_to_step(place.to, name, plan);
  if (::fstatat(place.to, name.c_str(), &st, AT_SYMLINK_NOFOLLOW) != 0)
    throw_errno("look at", path);
  note(path, st);
}

Copies::Copies(const Plan& plan, const Scratch& scratch) {
  for (const auto& capture : plan.captures) {
    const Scratch::Pair pair = scratch.at(capture.path);
    for (const auto& name : capture.copies) copy({pair.real, pair.top, capture.path}, name, plan);
  }
}

std::vector<std::string> Copies::paths() const {
  std::vector<std::string> paths;
  for (const auto& known : known_) paths.push_back(known.first);
  return paths;
}

bool Copies::is_unchanged(const std::string& path, const struct stat& st) const {
  const auto found = known_.find(path);
  return found != known_.end() && found->second.inode == st.st_ino &&
         found->second.changed.tv_sec == st.st_ctim.tv_sec &&
         found->second.changed.tv_nsec == st.st_ctim.tv_nsec;
}

}  // namespace rind
