#include "hook/kit/install.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "common/base/error.h"
#include "common/base/json.h"
#include "common/base/mount.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "hook/container/places.h"
#include "hook/container/selinux.h"

namespace rind::hook {
namespace {

constexpr const char* kWhat = "install the kit";

// Directories in a container's /dev can only be made by somebody whom its user namespace knows
// (EOVERFLOW otherwise), and the kit is to belong to the container's root.
class FsIds {
 public:
  explicit FsIds(HostIds ids) {
    ::setfsgid(ids.gid);
    ::setfsuid(ids.uid);
    // setfsuid returns the previous id whether it worked or not: ask again.
    if (static_cast<unsigned>(::setfsuid(-1)) != ids.uid ||
        static_cast<unsigned>(::setfsgid(-1)) != ids.gid) {
      throw Error(kWhat, "the container root's uid cannot be taken on");
    }
  }
  ~FsIds() {
    ::setfsuid(::geteuid());
    ::setfsgid(::getegid());
  }
  FsIds(const FsIds&) = delete;
  FsIds& operator=(const FsIds&) = delete;
};

// /dev/rind, made anew: what is there already is somebody else's.
Fd make_place(int dev, HostIds owner) {
  try {
    const FsIds as_owner(owner);
    sys::make_directory(dev, kit::kName, 0755);
  } catch (const SysError& e) {
    if (e.code() != EEXIST) throw;
    throw Error(kWhat, std::string(kit::kDirectory) + " is there already",
                "if two hook files start rind-hook, remove one: rind-hook check names them; else "
                "start the container without a mount or device at that place");
  }
  return sys::open(dev, kit::kName, O_PATH | O_DIRECTORY | O_NOFOLLOW);
}

Fd open_in_kit(int top, const std::string& name) {
  return sys::open(top, name, O_PATH | O_NOFOLLOW);
}

// What a process of the container's pid namespace must do, as a child that is in it. It cannot be
// looked into from there: it is undumpable since main. Throws what `work` throws.
template <typename Work>
void in_pid_namespace(const Container& container, Work work) {
  container.join_pid_namespace();
  sys::Pipe trouble = sys::make_pipe();
  const pid_t child = ::fork();
  if (child < 0) throw_errno("fork");
  if (child == 0) {
    try {
      work();
      ::_exit(0);
    } catch (const Error& e) {
      // An error's texts have no new lines.
      const std::string text = e.subject() + "\n" + e.why() + "\n" + e.remedy();
      [[maybe_unused]] const ssize_t n = ::write(trouble.write_end.get(), text.data(), text.size());
    }
    ::_exit(1);
  }
  trouble.write_end.reset();
  const std::string text = sys::read_all(trouble.read_end.get(), 65536, "a child of the hook's");
  if (sys::wait_for(child) == 0) return;
  const auto parts = split(text, '\n');
  constexpr size_t kParts = 3;
  if (parts.size() != kParts) throw Error(kWhat, "the child in the pid namespace was killed");
  throw Error(parts[0], parts[1], parts[2]);
}

// The procfs is of the pid namespace of whoever makes it.
Fd make_anchor() {
  try {
    // Read-only above all: nested user namespaces inherit the flag, so that a step's own procfs
    // cannot be written either (core_pattern would be a way to the host).
    return mnt::make("proc", {}, mnt::kReadOnly | mnt::kNoSuid | mnt::kNoDev | mnt::kNoExec);
  } catch (const SysError& e) {
    if (e.code() != EPERM) throw Error("mount the anchor", e.what());
    // The kernel's mount_too_revealing().
    throw Error("mount the anchor",
                std::string(e.what()) + ": parts of /proc are covered where the engine runs",
                "if the engine runs in a container, start that one with --security-opt unmask=ALL");
  }
}

void mount_anchor(const Container& container, int kit, const ContainerProc& proc) {
  const Fd target = open_in_kit(kit, "anchor/proc");
  in_pid_namespace(container, [&] {
    proc.require_reader();
    mnt::attach(make_anchor().get(), target.get(), "the anchor");
  });
}

void bury_anchor(int kit, const std::string& label) {
  const Fd target = open_in_kit(kit, "anchor");
  const Fd cover =
      mnt::make("tmpfs", labelled({{"source", "rind"}, {"mode", "0000"}, {"size", "4k"}}, label),
                mnt::kReadOnly | mnt::kNoSuid | mnt::kNoDev | mnt::kNoExec);
  mnt::attach(cover.get(), target.get(), "the anchor");
}

constexpr size_t kMountInfoLimit = 64 * 1024 * 1024;

// The prefix of an interpreter at PREFIX/bin/NAME, where that is its own; "" where it is the
// system's, whose programs find their libraries by themselves.
std::string own_prefix(const FoundSeam& seam, const std::string& path) {
  if (seam.kind != kit::SeamKind::kInterpreter || !parent_of(path).ends_with("/bin")) return {};
  const std::string prefix = parent_of(parent_of(path));
  return prefix == "/" || prefix == "/usr" || prefix == "/usr/local" ? std::string() : prefix;
}

// What is to be reached in the kit once a seam is covered.
struct Original {
  Fd tree;
  bool directory = false;
  std::string below;  // the original in it, with a leading slash
};

// $ORIGIN in a program's library path is the directory that it is executed from, so that an
// interpreter with a prefix of its own is cloned with all of that.
Original clone_original(const FoundSeam& seam, const std::string& path, const Root& rootfs,
                        const Places& places) {
  Original original;
  const std::string prefix = own_prefix(seam, path);
  // What the engine masks in it later, the clone would show.
  if (prefix.empty() || places.masks_below(prefix)) {
    original.tree = mnt::clone_tree(seam.file.get(), false, path);
  } else {
    // Canonical a moment ago. If a component is a link by now it leads elsewhere, perhaps to /proc,
    // which the engine has not masked yet.
    const Fd directory = sys::open2(rootfs.top(), prefix, O_PATH | O_DIRECTORY,
                                    RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
    original.directory = true;
    original.below = path.substr(prefix.size());
    // With what is mounted in it: what narrow hides there stays hidden.
    original.tree = mnt::clone_tree(directory.get(), true, prefix);
  }
  // An entry point (sudo) stays what it was: its setuid bit is as good here as there.
  const uint64_t no_suid = seam.kind == kit::SeamKind::kEntry ? 0 : mnt::kNoSuid;
  mnt::seal_tree(original.tree.get(), mnt::kReadOnly | mnt::kNoDev | no_suid, path);
  return original;
}

// The kit's tmpfs, filled, still detached.
Fd make_kit(const KitContents& contents, const std::vector<Original>& originals, bool record) {
  Fd top = mnt::make("tmpfs",
                     labelled({{"source", "rind"},
                               {"mode", "0755"},
                               {"uid", std::to_string(contents.owner.uid)},
                               {"gid", std::to_string(contents.owner.gid)},
                               {"size", "8m"}},
                              contents.label),
                     mnt::kNoSuid | mnt::kNoDev | mnt::kNoExec);
  const std::string manifest = kit::to_json(contents.manifest).dump();
  if (manifest.size() > kit::kManifestLimit) {
    throw Error(kWhat,
                "config.json names too many variables, mounts or masked paths for a manifest");
  }
  const FsIds as_owner(contents.owner);
  const int dir = top.get();
  sys::make_file(dir, "policy.json", contents.policy, 0444);
  sys::make_file(dir, "manifest.json", manifest, 0444);
  if (contents.entry) {
    sys::make_file(dir, base_name(kit::kEntryFile), kit::to_json(*contents.entry).dump(), 0444);
  }
  sys::make_file(dir, "rind", "", 0444);
  if (record) sys::make_file(dir, base_name(kit::kRecord), "", 0444);
  sys::make_directory(dir, "originals", 0755);
  for (size_t i = 0; i < originals.size(); ++i) {
    const std::string name = "originals/" + std::to_string(i);
    if (originals[i].directory) {
      sys::make_directory(dir, name, 0755);
    } else {
      sys::make_file(dir, name, "", 0444);
    }
  }
  sys::make_directory(dir, "leases", 0755);
  for (uint64_t i = 0; i < contents.leases; ++i) {
    sys::make_file(dir, "leases/" + std::to_string(i), "", 0444);
  }
  sys::make_directory(dir, "anchor", 0755);
  sys::make_directory(dir, "anchor/proc", 0555);
  return top;
}

Fd open_helper(const std::string& path) {
  try {
    return sys::open(AT_FDCWD, path, O_PATH | O_NOFOLLOW);
  } catch (const SysError& e) {
    throw Error(kWhat, e.what(),
                "install rind again, or let the hook file's --helper name the helper");
  }
}

// Clones of the helper's file: read-only, nosuid, nodev, and shared with no mount of the host's.
std::vector<Fd> clone_helper(const std::string& path, size_t count) {
  const Fd file = open_helper(path);
  const struct stat st = sys::stat_fd(file.get(), path);
  // A helper that others may write, or that gives rights away, is not the one that was installed.
  if (!S_ISREG(st.st_mode) || (st.st_mode & (S_ISUID | S_ISGID | S_IWGRP | S_IWOTH)) != 0 ||
      (st.st_mode & S_IXOTH) == 0) {
    throw Error(kWhat, path + " is not a plain program with mode 0755", "install rind again");
  }
  std::vector<Fd> clones;
  for (size_t i = 0; i < count; ++i) {
    Fd tree = mnt::clone_tree(file.get(), false, path);
    mnt::make_private(tree.get(), mnt::kReadOnly | mnt::kNoSuid | mnt::kNoDev, path);
    clones.push_back(std::move(tree));
  }
  return clones;
}

}  // namespace

HostView::HostView(const std::string& helper_path, size_t clones)
    : helper(clone_helper(helper_path, clones)),
      mount_info(sys::read_file("/proc/self/mountinfo", kMountInfoLimit)) {}

void install_kit(const Container& container, const Root& rootfs, KitContents contents,
                 const std::vector<FoundSeam>& seams, const HostView& host) {
  if (container.shares_pid_namespace()) {
    throw Error(kWhat, "the container shares the host's pid namespace",
                "start it without --pid=host");
  }
  // The search may have been done again since the clones were made.
  if (seams.size() >= host.helper.size()) {
    throw Error(kWhat, "more seams are seen than before the container was narrowed",
                "start it again; take links out of narrow.views when it happens again");
  }
  const Places places(container, rootfs, host.mount_table, host.mount_info,
                      contents.manifest.masked_paths);
  const Fd dev = places.open_dev();
  const ContainerProc proc = places.open_proc();

  std::vector<Original> originals;
  for (size_t i = 0; i < seams.size(); ++i) {
    const std::string path = places.require_seam(seams[i]);
    originals.push_back(clone_original(seams[i], path, rootfs, places));
    const std::string kept =
        std::string(kit::kDirectory) + "/originals/" + std::to_string(i) + originals[i].below;
    contents.manifest.seams.push_back({seams[i].kind, path, kept});
    if (seams[i].kind == kit::SeamKind::kEntry) {
      contents.entry.value().covers.push_back({path, kept});
    }
  }

  const Fd top = make_kit(contents, originals, host.record.has_value());
  const Fd place = make_place(dev.get(), contents.owner);
  mnt::attach(top.get(), place.get(), kit::kDirectory);

  mount_anchor(container, top.get(), proc);
  bury_anchor(top.get(), contents.label);
  for (size_t i = 0; i < originals.size(); ++i) {
    const Fd target = open_in_kit(top.get(), "originals/" + std::to_string(i));
    mnt::attach(originals[i].tree.get(), target.get(), contents.manifest.seams[i].original);
  }
  const Fd target = open_in_kit(top.get(), "rind");
  mnt::attach(host.helper.back().get(), target.get(), kit::kHelper);
  if (host.record) {
    const Fd record = open_in_kit(top.get(), base_name(kit::kRecord));
    mnt::attach(host.record->tree(), record.get(), kit::kRecord);
  }
  // Not what is mounted below it: the record stays writable.
  mnt::set_attributes(top.get(), mnt::kReadOnly, false, kit::kDirectory);

  for (size_t i = 0; i < seams.size(); ++i) {
    mnt::attach(host.helper[i].get(), seams[i].file.get(), contents.manifest.seams[i].path);
  }
  container.require_alive();
}

}  // namespace rind::hook
