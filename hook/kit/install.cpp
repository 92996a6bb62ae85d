#include "hook/kit/install.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "common/base/error.h"
#include "common/base/json.h"
#include "common/base/mount.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "common/kit/first.h"
#include "common/kit/flat.h"
#include "hook/container/places.h"
#include "hook/container/selinux.h"
#include "hook/kit/fs_ids.h"
#include "hook/kit/helper_file.h"
#include "hook/kit/ready.h"
#include "hook/paths.h"

namespace rind::hook {
namespace {

constexpr const char* kWhat = "install the kit";

// Creates /dev/rind. An existing /dev/rind is not the hook's: an error.
Fd make_place(int dev, HostIds owner) {
  try {
    const FsIds as_owner(owner);
    sys::make_directory(dev, kit::kName, 0755);
  } catch (const SysError& e) {
    if (e.code() != EEXIST) throw;
    throw Error(kWhat, std::string(kit::kDirectory) + " exists already",
                "if two hook files start rind-hook, remove one (rind-hook check names them); "
                "otherwise start the container without a mount or device at that path");
  }
  return sys::open(dev, kit::kName, O_PATH | O_DIRECTORY | O_NOFOLLOW);
}

Fd open_in_kit(int top, const std::string& name) {
  return sys::open(top, name, O_PATH | O_NOFOLLOW);
}

// Runs `work` in a child process in the container's pid namespace. Processes there cannot inspect
// the child: main has made the hook undumpable. Throws the Error that `work` throws.
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
      // One part on each line; the parts contain no newlines.
      const std::string text = e.subject() + "\n" + e.why() + "\n" + e.remedy();
      [[maybe_unused]] const ssize_t n = ::write(trouble.write_end.get(), text.data(), text.size());
    }
    ::_exit(1);
  }
  trouble.write_end.reset();
  const std::string text = sys::read_all(trouble.read_end.get(), 65536, "the hook's child process");
  if (sys::wait_for(child) == 0) return;
  const auto parts = split(text, '\n');
  constexpr size_t kParts = 3;
  if (parts.size() != kParts) {
    throw Error(kWhat, "the hook's child process in the container's pid namespace was killed",
                "look in the kernel's log for a process that was killed: dmesg");
  }
  throw Error(parts[0], parts[1], parts[2]);
}

// A procfs shows the pid namespace of the process that creates it.
Fd make_anchor() {
  try {
    // Read-only is essential: nested user namespaces inherit the flag, so that a step cannot write
    // to its own procfs either. A writable core_pattern would give it the host.
    return mnt::make("proc", {}, mnt::kReadOnly | mnt::kNoSuid | mnt::kNoDev | mnt::kNoExec);
  } catch (const SysError& e) {
    if (e.code() != EPERM)
      throw Error("mount the anchor", e.what(), "run rind-hook check on this host");
    // mount_too_revealing() in the kernel.
    throw Error("mount the anchor",
                std::string(e.what()) + ": mounts cover parts of the /proc that the engine sees",
                "if the engine runs in a container, start that container with --security-opt "
                "unmask=ALL");
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

// The prefix of an interpreter at PREFIX/bin/NAME; "" for a prefix of the system, whose programs
// find their libraries in the system's directories.
std::string own_prefix(const FoundSeam& seam, const std::string& path) {
  if (seam.kind != kit::SeamKind::kInterpreter || !parent_of(path).ends_with("/bin")) return {};
  const std::string prefix = parent_of(parent_of(path));
  return prefix == "/" || prefix == "/usr" || prefix == "/usr/local" ? std::string() : prefix;
}

// The original of a covered file, for the kit.
struct Original {
  Fd tree;
  std::string place;  // in the kit
  std::string below;  // in a tree that is a directory: the original, with a leading slash
};

// For an interpreter with its own prefix, clones the whole prefix: $ORIGIN in a program's library
// path is the directory from which it is executed.
Original clone_original(const FoundSeam& seam, size_t number, const std::string& path,
                        const Root& rootfs, const Places& places) {
  Original original;
  original.place = "originals/" + std::to_string(number);
  const std::string prefix = own_prefix(seam, path);
  // The engine masks paths after the hook: a clone of the prefix would still show them.
  if (prefix.empty() || places.masks_below(prefix)) {
    original.tree = mnt::clone_tree(seam.file.get(), false, path);
    // With its name, which the kernel gives to the process: ps shows it.
    original.place += "/" + base_name(path);
  } else {
    // The path was canonical when it was found. A component that is a link now may lead to /proc,
    // which the engine has not masked yet.
    const Fd directory = sys::open2(rootfs.top(), prefix, O_PATH | O_DIRECTORY,
                                    RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
    original.below = path.substr(prefix.size());
    // Recursive: paths that narrow has hidden in it stay hidden.
    original.tree = mnt::clone_tree(directory.get(), true, prefix);
  }
  // An entry point such as sudo keeps its setuid bit; it gains nothing that it did not have.
  const uint64_t no_suid = seam.kind == kit::SeamKind::kEntry ? 0 : mnt::kNoSuid;
  mnt::seal_tree(original.tree.get(), mnt::kReadOnly | mnt::kNoDev | no_suid, path);
  return original;
}

void make_twin_places(int dir, const Twins& twins) {
  if (twins.trees.empty()) return;
  // Nobody but the container's root: the ids in a twin are not those on disk.
  sys::make_directory(dir, kit::in_kit(kit::kTwins), 0700);
  for (const unsigned id : twins.ids) {
    sys::make_directory(dir, kit::in_kit(parent_of(kit::twin_path(id, 0))), 0755);
  }
  for (const auto& tree : twins.trees) {
    sys::make_directory(dir, kit::in_kit(kit::twin_path(tree.id, tree.volume)), 0755);
  }
}

// There are many leases: this is one call where an open file takes three. The hook's umask is 0.
void make_empty_file(int dir, const std::string& name) {
  if (::mknodat(dir, name.c_str(), S_IFREG | 0444, 0) != 0) throw_errno("make file", name);
}

// Creates the kit's tmpfs with its files, detached.
Fd make_kit(const KitContents& contents, const std::vector<Original>& originals,
            const ReadyDevices& devices, bool record) {
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
                "config.json has too many variables, mounts or masked paths: the manifest has " +
                    std::to_string(manifest.size()) + " bytes, the limit is " +
                    std::to_string(kit::kManifestLimit),
                "start the container with fewer variables and mounts");
  }
  const std::string flat = kit::write_flat(contents.checked, contents.manifest, RIND_VERSION);
  const FsIds as_owner(contents.owner);
  const int dir = top.get();
  sys::make_file(dir, "policy.json", contents.policy, 0444);
  sys::make_file(dir, "manifest.json", manifest, 0444);
  sys::make_file(dir, base_name(kit::kFlat), flat, 0444);
  if (const auto first = kit::first_file(contents.manifest, contents.entry.has_value())) {
    sys::make_file(dir, base_name(kit::kFirst), *first, 0444);
  }
  if (contents.entry) {
    sys::make_file(dir, base_name(kit::kEntryFile), kit::to_json(*contents.entry).dump(), 0444);
  }
  sys::make_file(dir, "rind", "", 0444);
  if (record) sys::make_file(dir, base_name(kit::kRecord), "", 0444);
  sys::make_directory(dir, "originals", 0755);
  for (size_t i = 0; i < originals.size(); ++i) {
    sys::make_directory(dir, "originals/" + std::to_string(i), 0755);
    if (originals[i].below.empty()) sys::make_file(dir, originals[i].place, "", 0444);
  }
  sys::make_directory(dir, "leases", 0755);
  for (uint64_t i = 0; i < contents.leases; ++i) {
    make_empty_file(dir, "leases/" + std::to_string(i));
  }
  make_twin_places(dir, contents.twins);
  make_ready_places(dir, devices);
  sys::make_directory(dir, "anchor", 0755);
  sys::make_directory(dir, "anchor/proc", 0555);
  return top;
}

// Clones of the helper's file: read-only, nosuid, nodev, with private propagation.
std::vector<Fd> clone_helper(const std::string& path, size_t count) {
  const Fd file = require_helper(path);
  std::vector<Fd> clones;
  for (size_t i = 0; i < count; ++i) {
    Fd tree = mnt::clone_tree(file.get(), false, path);
    mnt::make_private(tree.get(), mnt::kReadOnly | mnt::kNoSuid | mnt::kNoDev, path);
    clones.push_back(std::move(tree));
  }
  return clones;
}

}  // namespace

HostView::HostView(const std::string& helper_path, size_t clones,
                   const std::set<dev_t>& host_devices)
    : helper(clone_helper(helper_path, clones)), devices(host_devices) {}

void install_kit(const Container& container, const Root& rootfs, const MountEntries& mounts,
                 KitContents contents, const std::vector<FoundSeam>& seams, const HostView& host) {
  if (container.shares_pid_namespace()) {
    throw Error(kWhat, "the container shares the host's pid namespace",
                "start it without --pid=host");
  }
  // Narrowing the container repeats the search, after the clones were made.
  if (seams.size() >= host.helper.size()) {
    throw Error(kWhat, "the container has more seams after it was narrowed than before",
                "start it again; if that does not help, remove symlinks from narrow.views");
  }
  const Places places(rootfs, mounts, host.devices, contents.manifest.masked_paths);
  const Fd dev = places.open_dev();
  const ContainerProc proc = places.open_proc();

  contents.manifest.twin_ids = contents.twins.ids;
  contents.manifest.volumes = contents.twins.volumes;
  std::vector<Original> originals;
  for (size_t i = 0; i < seams.size(); ++i) {
    const std::string path = places.require_seam(seams[i]);
    originals.push_back(clone_original(seams[i], i, path, rootfs, places));
    const std::string kept =
        std::string(kit::kDirectory) + "/" + originals[i].place + originals[i].below;
    contents.manifest.seams.push_back({seams[i].kind, path, kept});
    if (seams[i].kind == kit::SeamKind::kEntry) {
      contents.entry.value().covers.push_back({path, kept});
    }
  }

  const ReadyDevices devices = clone_ready_devices(contents.devices, dev.get());
  const Fd top = make_kit(contents, originals, devices, host.record.has_value());
  const Fd place = make_place(dev.get(), contents.owner);
  mnt::attach(top.get(), place.get(), kit::kDirectory);

  mount_anchor(container, top.get(), proc);
  bury_anchor(top.get(), contents.label);
  for (size_t i = 0; i < originals.size(); ++i) {
    const Fd target = open_in_kit(top.get(), originals[i].place);
    mnt::attach(originals[i].tree.get(), target.get(), contents.manifest.seams[i].original);
  }
  mount_ready_devices(top.get(), devices, contents.owner, contents.label);
  for (const auto& tree : contents.twins.trees) {
    const std::string path = kit::twin_path(tree.id, tree.volume);
    mnt::attach(tree.mount.get(), open_in_kit(top.get(), kit::in_kit(path)).get(), path);
  }
  const Fd target = open_in_kit(top.get(), "rind");
  mnt::attach(host.helper.back().get(), target.get(), kit::kHelper);
  if (host.record) {
    const Fd record = open_in_kit(top.get(), base_name(kit::kRecord));
    mnt::attach(host.record->tree(), record.get(), kit::kRecord);
  }
  // Not recursive: the record, mounted below, stays writable.
  mnt::set_attributes(top.get(), mnt::kReadOnly, false, kit::kDirectory);

  for (size_t i = 0; i < seams.size(); ++i) {
    mnt::attach(host.helper[i].get(), seams[i].file.get(), contents.manifest.seams[i].path);
  }
  container.require_alive();
}

}  // namespace rind::hook
