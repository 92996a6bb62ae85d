#include "helper/outputs/collect.h"

#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <optional>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/base/json.h"
#include "common/base/sys.h"
#include "helper/outputs/artefact_name.h"
#include "helper/step/built_marker.h"
#include "helper/supervisor/attributes.h"

namespace rind {
namespace {

constexpr const char* kWhat = "take the step's output";
constexpr size_t kControlLimit = 1024 * 1024;  // of input.json and output.json
// The largest artefact: a package can make a sparse file of any size.
constexpr uint64_t kArtefactLimit = uint64_t{16} << 30;

std::string by_descriptor(const Fd& fd) { return "/proc/self/fd/" + std::to_string(fd.get()); }

// A step with the builder's uid makes files that are the builder's. Some network file systems give
// them another number, and allow nobody to change it.
bool has_builders_uid(const Plan& plan) {
  return plan.identity.mode == PlannedIdentity::Mode::kSelf;
}

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
  const bool acl = ::getxattr(by_descriptor(fd).c_str(), "system.posix_acl_access", nullptr, 0) > 0;
  return ((made & own) == own && !acl ? made & 0777 : all) & ~mask;
}

// Gives the file of `fd` (O_PATH) to the builder, with this mode and without ACLs and attributes.
void give_to_builder(const Fd& fd, const std::string& name, const Plan& plan, mode_t mode) {
  if (!has_builders_uid(plan) &&
      ::fchownat(fd.get(), "", plan.builder_uid, plan.builder_gid, AT_EMPTY_PATH) != 0) {
    throw_errno("change the owner of", name);
  }
  // Before the mode is set: with an ACL, the group bits of the mode are the mask of the ACL.
  remove_acls(fd.get(), name);
  if (::chmod(by_descriptor(fd).c_str(), mode) != 0) throw_errno("set the mode of", name);
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
    throw Error(kWhat, "another process still has " + name + " open for writing",
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

struct TakenFile {
  Fd file;  // open for reading, with a lease where the file system has them
  uint64_t size = 0;
};

// Takes a file that the step left: a regular file with one hard link. Works on one descriptor from
// the first check on.
TakenFile take_file(int directory, const std::string& name, const Plan& plan) {
  const Fd handle = sys::open(directory, name, O_PATH | O_NOFOLLOW);
  const struct stat st = sys::stat_fd(handle.get(), name);
  if (!S_ISREG(st.st_mode) || st.st_nlink != 1 || !is_steps_own(st, directory, plan)) {
    throw Error(kWhat,
                name + " is not a regular file, has a second hard link, or is not the step's own",
                "let the package copy the file there instead of linking it");
  }
  const auto size = static_cast<uint64_t>(st.st_size);
  if (size > kArtefactLimit) throw Error(kWhat, name + " is larger than 16 GiB");
  give_to_builder(handle, name, plan, kept_mode(handle, st.st_mode, 0666));
  TakenFile taken = {sys::open(AT_FDCWD, by_descriptor(handle), O_RDONLY | O_NONBLOCK), size};
  if (!require_no_writer(taken.file, name)) {
    taken.file = replace_by_copy(directory, name, taken.file);
  }
  return taken;
}

// This attribute tells from which project an artefact was built. Steps cannot set it: the
// attributes that they set are removed.
constexpr const char* kMark = "user.rind.project";

// Sets the mark, where the file system has attributes.
void mark(int file, const std::string& project) {
  const std::string digest = sha256_hex(project);
  (void)::fsetxattr(file, kMark, digest.data(), digest.size(), 0);
}

bool has_mark(int directory, const std::string& name, const std::string& project) {
  const std::string digest = sha256_hex(project);
  std::string found(digest.size(), '\0');
  const Fd file = sys::open(directory, name, O_PATH | O_NOFOLLOW);
  const ssize_t size = ::getxattr(by_descriptor(file).c_str(), kMark, found.data(), found.size());
  return size == static_cast<ssize_t>(digest.size()) && found == digest;
}

// Moves the file to the output directory. In a directory of several packages it replaces a file
// only when the name tells the package, or when the same project is built again.
void deliver(const PlannedOutput& output, const Scratch::Pair& place, const TakenFile& taken,
             const std::string& name) {
  if (!output.may_replace) {
    if (!output.project.empty()) mark(taken.file.get(), output.project);
    if (sys::rename_new(place.top, name, place.real, name)) return;
  }
  if (!output.may_replace &&
      (output.project.empty() || !has_mark(place.real, name, output.project))) {
    throw Error(kWhat,
                output.path + "/" + name + " already exists, and may belong to another package",
                "remove that file, or give each package an output directory of its own");
  }
  if (::renameat(place.top, name.c_str(), place.real, name.c_str()) != 0) {
    throw_errno("move to the output directory", output.path + "/" + name);
  }
}

Artefact take_archive(const PlannedOutput& output, const std::string& name, const Plan& plan,
                      const Scratch& scratch) {
  const Scratch::Pair place = scratch.at(output.path);
  const TakenFile taken = take_file(place.top, name, plan);
  Artefact artefact;
  artefact.name = output.name;
  artefact.path = output.path + "/" + name;
  artefact.size = taken.size;
  if (plan.hash_outputs) artefact.sha256 = sha256_hex_of(taken.file.get(), kArtefactLimit, name);
  if (!output.in_place) deliver(output, place, taken, name);
  return artefact;
}

// Gives a .dist-info directory to the builder. It may contain only directories and regular files
// with one hard link. Returns the size of its files in bytes.
uint64_t take_tree(int parent, const std::string& name, const Plan& plan, int depth,
                   int& entries_left) {
  constexpr int kDeepest = 16;
  if (depth > kDeepest)
    throw Error(kWhat, "the metadata has too many nested directories, at " + name);
  const Fd handle = sys::open(parent, name, O_PATH | O_NOFOLLOW | O_DIRECTORY);
  const struct stat top = sys::stat_fd(handle.get(), name);
  if (!is_steps_own(top, parent, plan)) {
    throw Error(kWhat, name + " does not belong to the step");
  }
  // From here on no other user can change its content.
  give_to_builder(handle, name, plan, kept_mode(handle, top.st_mode, 0777));
  uint64_t size = 0;
  sys::for_each_entry(handle.get(), name, [&](const dirent& entry) {
    const std::string child = entry.d_name;
    if (--entries_left < 0) throw Error(kWhat, "the metadata has too many files");
    struct stat st = {};
    if (::fstatat(handle.get(), child.c_str(), &st, AT_SYMLINK_NOFOLLOW) != 0) {
      throw_errno(kWhat, child);
    }
    size += S_ISDIR(st.st_mode) ? take_tree(handle.get(), child, plan, depth + 1, entries_left)
                                : take_file(handle.get(), child, plan).size;
    return true;
  });
  return size;
}

Artefact take_metadata(const PlannedOutput& output, const std::string& name, const Plan& plan,
                       const Scratch& scratch) {
  const Scratch::Pair place = scratch.at(output.path);
  struct stat st = {};
  if (::fstatat(place.top, name.c_str(), &st, AT_SYMLINK_NOFOLLOW) != 0) throw_errno(kWhat, name);
  if (!S_ISDIR(st.st_mode)) throw Error(kWhat, name + " is not a directory");
  constexpr int kMostFiles = 10000;
  int entries_left = kMostFiles;
  Artefact artefact;
  artefact.name = output.name;
  artefact.path = output.path + "/" + name;
  artefact.size = take_tree(place.top, name, plan, 0, entries_left);
  // It never replaces a directory: the front end's directory was empty.
  if (!output.in_place && !sys::rename_new(place.top, name, place.real, name)) {
    throw Error(kWhat, artefact.path + " already exists");
  }
  return artefact;
}

// The wheels of this package in a directory of the step.
std::vector<std::string> wheels_in(int top, const std::string& package,
                                   const std::vector<std::string>& allowed) {
  std::vector<std::string> wheels;
  sys::for_each_entry(top, "the wheel directory", [&](const dirent& entry) {
    const std::string name = entry.d_name;
    if (is_wheel_of(name, package, allowed)) wheels.push_back(name);
    return true;
  });
  return wheels;
}

// A package without a hook for metadata: pyproject_hooks builds its wheel in the metadata
// directory, and later copies it instead of building it again. Takes that wheel and its marker; any
// other file is dropped. metadata: the name of the .dist-info directory.
void take_built_wheel(const PlannedOutput& output, const std::string& metadata, const Plan& plan,
                      const Scratch& scratch) {
  const Scratch::Pair place = scratch.at(output.path);
  std::string marker;
  for (const char* name : kBuiltMarkers) {
    struct stat st = {};
    if (::fstatat(place.top, name, &st, AT_SYMLINK_NOFOLLOW) == 0) marker = name;
  }
  if (output.in_place || marker.empty()) return;
  const std::string package = metadata.substr(0, metadata.rfind(".dist-info"));
  const std::vector<std::string> wheels = wheels_in(place.top, package, {});
  const bool own = wheels.size() == 1 && is_wheel_of(wheels[0], plan.package, plan.artefact_names);
  if (!own) return;
  for (const auto& name : {wheels[0], marker}) {
    take_file(place.top, name, plan);
    // A front end gives each call a directory of its own.
    if (!sys::rename_new(place.top, name, place.real, name)) return;
  }
}

// Returns output.json as the step left it; nothing where there is none.
std::optional<std::string> read_output(const PlannedOutput& control, const Plan& plan,
                                       const Scratch& scratch) {
  const int top = scratch.at(control.path).top;
  struct stat st = {};
  if (::fstatat(top, "output.json", &st, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT) return std::nullopt;
    throw_errno(kWhat, "output.json");
  }
  const TakenFile taken = take_file(top, "output.json", plan);
  return sys::read_all(taken.file.get(), kControlLimit, control.path + "/output.json");
}

// Writes output.json again from the parsed value, so that no other parser reads it differently.
void write_output(const PlannedOutput& control, const std::string& text, const Scratch& scratch) {
  const std::string name = control.path + "/output.json";
  const std::string clean = parse_json(text, name).dump();
  const int real = scratch.at(control.path).real;
  const Fd file = sys::open(real, "output.json", O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
  sys::write_all(file.get(), clean, name);
}

// The name of the result: what the hook returned, or what pip left; "" for nothing.
std::string result_of(const PlannedOutput& output, const Plan& plan, const Scratch& scratch,
                      const std::string& named) {
  if (!plan.hook.empty()) return named;
  // pip does not name its result.
  const std::vector<std::string> wheels =
      wheels_in(scratch.at(output.path).top, plan.package, plan.artefact_names);
  if (wheels.size() > 1) throw Error(kWhat, "pip left more than one wheel of " + plan.package);
  return wheels.empty() ? std::string() : wheels[0];
}

Artefact take(const PlannedOutput& output, const std::string& name, const Plan& plan,
              const Scratch& scratch) {
  require_artefact_name(output.kind, name, plan.package, plan.artefact_names);
  if (output.kind != PlannedOutput::Kind::kMetadata) {
    return take_archive(output, name, plan, scratch);
  }
  Artefact artefact = take_metadata(output, name, plan, scratch);
  take_built_wheel(output, name, plan, scratch);
  return artefact;
}

// True for directories that the sandbox made as mount points in the private directory at `path`.
bool is_mount_point(const Plan& plan, const std::string& path, const std::string& name) {
  for (const auto& view : plan.views) {
    if (view.path != path) continue;
    for (const auto& point : view.skeleton) {
      if (point.path.substr(0, point.path.find('/')) == name) return true;
    }
  }
  return false;
}

void note_dropped(const Plan& plan, const Scratch& scratch, Collected& collected) {
  constexpr size_t kNamed = 32;
  for (const auto& output : plan.outputs) {
    if (output.in_place) continue;  // the whole directory is the package's own
    const bool control = output.kind == PlannedOutput::Kind::kControl;
    sys::for_each_entry(scratch.at(output.path).top, output.path, [&](const dirent& entry) {
      const std::string name = entry.d_name;
      if (control && (name == "input.json" || name == "output.json")) return true;
      if (is_mount_point(plan, output.path, name)) return true;
      if (++collected.dropped_count <= kNamed) {
        collected.dropped.push_back(output.name + ": " + name);
      }
      return true;
    });
  }
}

// Closes the output directories of the dead step: another step may have received a descriptor of
// one.
void seal(const Plan& plan, const Scratch& scratch) {
  for (const auto& output : plan.outputs) {
    if (output.in_place) continue;
    const int top = scratch.at(output.path).top;
    const bool own = has_builders_uid(plan);
    if ((!own && ::fchown(top, plan.builder_uid, plan.builder_gid) != 0) ||
        ::fchmod(top, 0700) != 0) {
      throw_errno("close the directory of", output.name);
    }
    // Files that are made in it later would inherit its default ACL.
    remove_acls(top, output.path);
  }
}

}  // namespace

void put_input(const Plan& plan, const Scratch& scratch) {
  for (const auto& output : plan.outputs) {
    if (output.kind != PlannedOutput::Kind::kControl) continue;
    const Scratch::Pair place = scratch.at(output.path);
    const Fd source = sys::open(place.real, "input.json", O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    const std::string text = sys::read_all(source.get(), kControlLimit, "input.json");
    sys::make_file(place.top, "input.json", text, 0644);
    if (!has_builders_uid(plan) &&
        ::fchownat(place.top, "input.json", plan.uid, plan.gid, AT_SYMLINK_NOFOLLOW) != 0) {
      throw_errno("change the owner of", "input.json");
    }
  }
}

Collected collect(const Plan& plan, const Scratch& scratch, bool succeeded) {
  Collected collected;
  seal(plan, scratch);
  const PlannedOutput* control = nullptr;
  std::optional<std::string> text;
  std::string named;
  for (const auto& output : plan.outputs) {
    if (output.kind == PlannedOutput::Kind::kControl) control = &output;
  }
  if (succeeded && control != nullptr) {
    text = read_output(*control, plan, scratch);
    const bool asked = plan.outputs.size() > 1;
    if (text && asked) named = named_result(*text, control->path + "/output.json");
  }
  for (const auto& output : plan.outputs) {
    if (!succeeded || output.kind == PlannedOutput::Kind::kControl) continue;
    const std::string name = result_of(output, plan, scratch, named);
    if (!name.empty()) collected.artefacts.push_back(take(output, name, plan, scratch));
  }
  // Last: when output.json exists, everything that it names exists.
  if (text) write_output(*control, *text, scratch);
  note_dropped(plan, scratch, collected);
  return collected;
}

}  // namespace rind
