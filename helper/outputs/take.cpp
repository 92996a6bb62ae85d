#include "helper/outputs/take.h"

#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <map>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/base/held.h"
#include "common/base/look.h"
#include "common/base/sys.h"
#include "helper/step/marks.h"
#include "helper/supervisor/attributes.h"

namespace rind {
namespace {

std::string by_descriptor(const Fd& fd) { return sys::HeldPath(fd.get()).c_str(); }

// directory: the one that contains the file, made by the supervisor or by the step.
bool is_steps_own(const struct stat& st, int directory, const Plan& plan) {
  if (st.st_uid == plan.uid) return true;
  return has_builders_uid(plan) &&
         st.st_uid == sys::stat_fd(directory, "an output directory").st_uid;
}

// The mode that a file (O_PATH) of the step's keeps: as without Rind, but nobody gets rights that
// the builder's umask does not give. made: its mode. all: the mode of files that nobody changed.
mode_t kept_mode(const Fd& fd, mode_t made, mode_t all) {
  const mode_t mask = ::umask(0);
  ::umask(mask);
  // Its owner must be able to read it.
  const mode_t own = S_ISDIR(made) ? S_IRWXU : S_IRUSR;
  // With an ACL, the group bits are the mask of the ACL.
  const ssize_t size = ::getxattr(by_descriptor(fd).c_str(), "system.posix_acl_access", nullptr, 0);
  if (size < 0 && sys::is_no_answer(errno)) throw_errno("read the ACL of", sys::path_of(fd.get()));
  const bool acl = size > 0;
  return ((made & own) == own && !acl ? made & 0777 : all) & ~mask;
}

// Gives the file of `fd` (O_PATH) to the builder, with this mode and without ACLs and attributes.
void give_to_builder(const Fd& fd, const std::string& name, const Plan& plan, mode_t mode) {
  if (!has_builders_uid(plan)) {
    sys::set_owner(fd.get(), plan.builder_uid, plan.builder_gid, name);
  }
  // Before the mode is set: with an ACL, the group bits of the mode are the mask of the ACL.
  remove_acls(fd.get(), name);
  sys::set_mode(fd.get(), mode, name);
  // After the mode is set: the file may have been closed to us.
  remove_user_attributes(fd.get(), name);
}

// Throws Error when another process has the file open for writing: a step can pass a descriptor to
// another step, which still runs. The kernel grants a read lease only when nobody has the file open
// or mapped for writing. After that only the builder can open it. Returns false when the file
// system has no leases.
bool require_no_writer(const Fd& file, const std::string& name) {
  if (::fcntl(file.get(), F_SETLEASE, F_RDLCK) == 0) return true;
  if (errno == EAGAIN) {
    throw Error(kTakeOutput, "another process still has " + name + " open for writing",
                "check which packages pass file descriptors to each other");
  }
  if (errno != EINVAL && errno != ENOLCK && errno != EOPNOTSUPP)
    throw_errno("take a lease on", name);
  return false;
}

// Replaces `name` by a copy that no other process ever had open, for file systems without leases.
Fd replace_by_copy(int directory, const std::string& name, const Fd& original) {
  const std::string copy = "rind-copy";
  const Fd out = sys::open(directory, copy, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0644);
  constexpr size_t kPiece = size_t{1} << 30;
  ssize_t n = 0;
  while ((n = ::sendfile(out.get(), original.get(), nullptr, kPiece)) > 0) {
  }
  if (n < 0) throw_errno("copy", name);
  const mode_t mode = sys::stat_fd(original.get(), name).st_mode & 07777;
  if (::fchmod(out.get(), mode) != 0) throw_errno("set the mode of", name);
  if (::renameat(directory, copy.c_str(), directory, name.c_str()) != 0) throw_errno("copy", name);
  return sys::open(directory, name, O_RDONLY | O_NOFOLLOW);
}

// Sets the mark, where the file system has attributes.
void mark(int file, const std::string& project) {
  const std::string value = project_mark(project);
  (void)::fsetxattr(file, kProjectMark, value.data(), value.size(), 0);
}

bool has_mark(int directory, const std::string& name, const std::string& project) {
  const Fd file = sys::open(directory, name, O_PATH | O_NOFOLLOW);
  return sys::attribute_of(file.get(), kProjectMark, name) == project_mark(project);
}

Error second_link(const std::string& name) {
  return {kTakeOutput, name + " has a second hard link",
          "let the package copy the file there instead of linking it"};
}

}  // namespace

TakenFile take_file(int directory, const std::string& name, const Plan& plan, bool linked) {
  const Fd handle = sys::open(directory, name, O_PATH | O_NOFOLLOW);
  const struct stat st = sys::stat_fd(handle.get(), name);
  if (!S_ISREG(st.st_mode) || (st.st_nlink != 1 && !linked) || !is_steps_own(st, directory, plan)) {
    throw Error(kTakeOutput,
                name + " is not a regular file, has a second hard link, or is not the step's own",
                "let the package copy the file there instead of linking it");
  }
  const auto size = static_cast<uint64_t>(st.st_size);
  if (size > kArtefactLimit)
    throw Error(kTakeOutput, name + " is larger than 16 GiB",
                "leave build files out of the artefact: no larger one is taken");
  give_to_builder(handle, name, plan, kept_mode(handle, st.st_mode, 0666));
  TakenFile taken = {sys::open_held(handle.get(), O_RDONLY | O_NONBLOCK, name), size};
  if (!require_no_writer(taken.file, name)) {
    // By another name the file itself would stay.
    if (linked) throw second_link(name);
    taken.file = replace_by_copy(directory, name, taken.file);
  }
  return taken;
}

void mark_as_left(const TakenFile& taken) {
  const int file = taken.file.get();
  const struct stat st = sys::stat_fd(file, "a file that the step left");
  // Without the mark the file would be its caller's word: only a file system that has none goes on.
  sys::set_attribute(file, kLeftMark, left_mark(st), "a file that the step left");
}

bool take_link(int directory, const std::string& name, const Plan& plan,
               const std::function<bool(const std::string& target)>& allowed) {
  const Fd handle = sys::open(directory, name, O_PATH | O_NOFOLLOW);
  if (!S_ISLNK(sys::stat_fd(handle.get(), name).st_mode)) {
    throw Error(kTakeOutput, name + " was a link, and another process has replaced it",
                "check which packages pass file descriptors to each other");
  }
  if (!allowed(sys::read_link(handle.get(), ""))) return false;
  if (!has_builders_uid(plan)) {
    sys::set_owner(handle.get(), plan.builder_uid, plan.builder_gid, name);
  }
  return true;
}

namespace {

// Walks one tree.
class Taking {
 public:
  Taking(const Plan& plan, const TreeRules& rules)
      : plan_(plan), rules_(rules), entries_left_(rules.most_entries) {}

  // below: the path of `name` below the top of the tree; "" for the top.
  uint64_t take(int parent, const std::string& name, const std::string& below, int depth) {
    if (depth > rules_.deepest) {
      throw Error(kTakeOutput, "it has too many nested directories, at " + name,
                  "nest directories less deep in what the step leaves");
    }
    const Fd handle = sys::open(parent, name, O_PATH | O_NOFOLLOW | O_DIRECTORY);
    const struct stat top = sys::stat_fd(handle.get(), name);
    if (!is_steps_own(top, parent, plan_)) {
      throw Error(kTakeOutput, name + " does not belong to the step",
                  "let the build make the directory itself, and change no owners");
    }
    // From here on no other user can change its content.
    give_to_builder(handle, name, plan_, kept_mode(handle, top.st_mode, 0777));
    uint64_t size = 0;
    sys::for_each_entry(handle.get(), name, [&](const dirent& entry) {
      const std::string child = entry.d_name;
      size += take_entry(handle.get(), child, below.empty() ? child : below + "/" + child, depth);
      return true;
    });
    return size;
  }

  // Throws Error for a file with a name that is not in the tree.
  void require_all_names() const {
    for (const auto& [inode, file] : linked_) {
      if (file.missing == 0) continue;
      throw second_link(file.name);
    }
  }

 private:
  struct Linked {
    std::string name;
    nlink_t missing;  // names of it that were not found yet
  };

  uint64_t take_entry(int directory, const std::string& name, const std::string& below, int depth) {
    if (--entries_left_ < 0)
      throw Error(kTakeOutput, "it has too many files", "leave fewer files in the result");
    struct stat st = {};
    if (::fstatat(directory, name.c_str(), &st, AT_SYMLINK_NOFOLLOW) != 0) {
      throw_errno(kTakeOutput, name);
    }
    if (S_ISDIR(st.st_mode)) return take(directory, name, below, depth + 1);
    if (!S_ISLNK(st.st_mode) || !rules_.keeps_link) {
      const bool linked = rules_.keeps_names && S_ISREG(st.st_mode) && st.st_nlink > 1;
      if (linked) {
        const auto [file, first] = linked_.try_emplace(st.st_ino, Linked{name, st.st_nlink});
        --file->second.missing;
        if (!first) return 0;
      }
      const TakenFile taken = take_file(directory, name, plan_, linked);
      if (rules_.marked) mark_as_left(taken);
      return taken.size;
    }
    std::string target;
    const bool taken = take_link(directory, name, plan_, [&](const std::string& to) {
      target = to;
      return rules_.keeps_link(below, to);
    });
    if (!taken) {
      throw Error(kTakeOutput, below + " is a link to " + target,
                  "let the build copy the file instead of linking to it");
    }
    return 0;
  }

  const Plan& plan_;
  const TreeRules& rules_;
  int entries_left_;
  std::map<ino_t, Linked> linked_;
};

}  // namespace

uint64_t take_tree(int parent, const std::string& name, const Plan& plan, const TreeRules& rules) {
  Taking taking(plan, rules);
  const uint64_t size = taking.take(parent, name, "", 0);
  taking.require_all_names();
  return size;
}

void seal_directory(int top, const std::string& name, const Plan& plan) {
  const bool own = has_builders_uid(plan);
  if ((!own && ::fchown(top, plan.builder_uid, plan.builder_gid) != 0) ||
      ::fchmod(top, 0700) != 0) {
    throw_errno("close the directory of", name);
  }
  // Files that are made in it later would inherit its default ACL.
  remove_acls(top, name);
}

void require_moved(int directory, const std::string& path, const TakenFile& taken) {
  const std::string name = path.substr(path.rfind('/') + 1);
  const Fd moved = sys::hold(directory, name.c_str());
  if (!moved) return;  // the front end has taken it already
  const struct stat is = sys::stat_fd(moved.get(), path),
                    was = sys::stat_fd(taken.file.get(), path);
  if (is.st_dev == was.st_dev && is.st_ino == was.st_ino) return;
  if (::unlinkat(directory, name.c_str(), 0) != 0 && errno != ENOENT) throw_errno("remove", path);
  throw Error(kTakeOutput, "another process has just replaced " + path + "; Rind removed it",
              "let no other process of the container change the output directories");
}

void deliver(const Target& target, const Scratch::Pair& place, const TakenFile& taken,
             const std::string& name) {
  if (!target.may_replace) {
    if (!target.project.empty()) mark(taken.file.get(), target.project);
    if (sys::rename_new(place.top, name, place.real, name)) {
      return require_moved(place.real, target.path + "/" + name, taken);
    }
  }
  if (!target.may_replace &&
      (target.project.empty() || !has_mark(place.real, name, target.project))) {
    throw Error(kTakeOutput,
                target.path + "/" + name + " already exists, and may belong to another package",
                "remove that file, or give each package an output directory of its own");
  }
  if (::renameat(place.top, name.c_str(), place.real, name.c_str()) != 0) {
    throw_errno("move to the output directory", target.path + "/" + name);
  }
  require_moved(place.real, target.path + "/" + name, taken);
}

}  // namespace rind
