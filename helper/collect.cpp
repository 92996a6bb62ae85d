#include "helper/collect.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <optional>

#include "common/error.h"
#include "common/hash.h"
#include "common/json.h"
#include "common/sys.h"
#include "helper/artefact.h"

namespace rind {
namespace {

constexpr const char* kWhat = "take the step's output";
constexpr size_t kControlLimit = 1024 * 1024;  // of input.json and output.json
// Of an artefact: a sparse file of any size costs a package nothing.
constexpr uint64_t kArtefactLimit = uint64_t{64} << 30;

std::vector<std::string> names_in(int directory) {
  Fd copy = sys::open(directory, ".", O_RDONLY | O_DIRECTORY);
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(::fdopendir(copy.get()), &::closedir);
  if (!dir) throw_errno("read directory");
  (void)copy.release();
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(dir.get())) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  return names;
}

// A file that the step left: a regular one with one name, which nobody else has. Opened as its new
// owner, so that its mode is in nobody's way.
Fd take_file(int directory, const std::string& name, const Plan& plan) {
  struct stat st = {};
  if (::fstatat(directory, name.c_str(), &st, AT_SYMLINK_NOFOLLOW) != 0) throw_errno(kWhat, name);
  if (!S_ISREG(st.st_mode) || st.st_nlink != 1 || st.st_uid != plan.uid) {
    throw Error(kWhat, name + " is not a regular file of the step's with one name");
  }
  // Nothing of the step lives, so the name still stands for this file.
  if (::fchownat(directory, name.c_str(), plan.builder_uid, plan.builder_gid,
                 AT_SYMLINK_NOFOLLOW) != 0) {
    throw_errno("change the owner of", name);
  }
  if (::fchmodat(directory, name.c_str(), 0644, 0) != 0) throw_errno("set the mode of", name);
  return sys::open(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
}

void move(const Scratch::Pair& place, const std::string& name, unsigned flags) {
  if (::renameat2(place.top, name.c_str(), place.real, name.c_str(), flags) != 0) {
    throw_errno("move to the output directory", name);
  }
}

Artefact take_archive(const PlannedOutput& output, const std::string& name, const Plan& plan,
                      const Scratch& scratch) {
  const Scratch::Pair place = scratch.at(output.path);
  const Fd file = take_file(place.top, name, plan);
  Artefact artefact;
  artefact.name = output.name;
  artefact.path = output.path + "/" + name;
  artefact.size = static_cast<uint64_t>(sys::stat_fd(file.get(), name).st_size);
  artefact.sha256 = sha256_hex_of(file.get(), kArtefactLimit, name);
  move(place, name, 0);
  return artefact;
}

// Makes a .dist-info directory the builder's: directories and regular files with one name, nothing
// else. Returns how many bytes its files have.
uint64_t take_tree(int parent, const std::string& name, const Plan& plan, int depth,
                   int& entries_left) {
  constexpr int kDeepest = 16;
  if (depth > kDeepest) throw Error(kWhat, "metadata is nested too deep at " + name);
  if (::fchownat(parent, name.c_str(), plan.builder_uid, plan.builder_gid, AT_SYMLINK_NOFOLLOW) !=
      0) {
    throw_errno("change the owner of", name);
  }
  if (::fchmodat(parent, name.c_str(), 0755, 0) != 0) throw_errno("set the mode of", name);
  const Fd directory = sys::open(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  uint64_t size = 0;
  for (const auto& child : names_in(directory.get())) {
    if (--entries_left < 0) throw Error(kWhat, "the metadata has too many files");
    struct stat st = {};
    if (::fstatat(directory.get(), child.c_str(), &st, AT_SYMLINK_NOFOLLOW) != 0) {
      throw_errno(kWhat, child);
    }
    if (S_ISDIR(st.st_mode)) {
      size += take_tree(directory.get(), child, plan, depth + 1, entries_left);
    } else {
      take_file(directory.get(), child, plan);
      size += static_cast<uint64_t>(st.st_size);
    }
  }
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
  // Not over a tree that is there: the front end's directory was empty.
  move(place, name, RENAME_NOREPLACE);
  return artefact;
}

// output.json as the step left it; nothing where it left none.
std::optional<std::string> read_output(const PlannedOutput& control, const Plan& plan,
                                       const Scratch& scratch) {
  const int top = scratch.at(control.path).top;
  struct stat st = {};
  if (::fstatat(top, "output.json", &st, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT) return std::nullopt;
    throw_errno(kWhat, "output.json");
  }
  const Fd file = take_file(top, "output.json", plan);
  return sys::read_all(file.get(), kControlLimit, control.path + "/output.json");
}

// Written anew from what was understood: no other parser sees something else in it.
void write_output(const PlannedOutput& control, const std::string& text, const Scratch& scratch) {
  const std::string name = control.path + "/output.json";
  const std::string clean = parse_json(text, name).dump();
  const int real = scratch.at(control.path).real;
  const Fd file = sys::open(real, "output.json", O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
  sys::write_all(file.get(), clean, name);
}

// What pip, which names nothing, has left: the wheels of this package.
std::vector<std::string> wheels_in(int top, const std::string& package) {
  std::vector<std::string> wheels;
  for (const auto& name : names_in(top)) {
    if (name.ends_with(".whl") && is_of_package(name, package)) wheels.push_back(name);
  }
  return wheels;
}

// The name of what is to be taken: the hook's word, or what pip left; "" for nothing.
std::string result_of(const PlannedOutput& output, const Plan& plan, const Scratch& scratch,
                      const std::string& named) {
  if (!plan.hook.empty()) return named;
  const auto wheels = wheels_in(scratch.at(output.path).top, plan.package);
  if (wheels.size() > 1) throw Error(kWhat, "pip left more than one wheel of " + plan.package);
  return wheels.empty() ? std::string() : wheels.front();
}

Artefact take(const PlannedOutput& output, const std::string& name, const Plan& plan,
              const Scratch& scratch) {
  require_artefact_name(output.kind, name, plan.package);
  return output.kind == PlannedOutput::Kind::kMetadata ? take_metadata(output, name, plan, scratch)
                                                       : take_archive(output, name, plan, scratch);
}

void note_dropped(const Plan& plan, const Scratch& scratch, Collected& collected) {
  constexpr size_t kNamed = 32;
  for (const auto& output : plan.outputs) {
    const bool control = output.kind == PlannedOutput::Kind::kControl;
    for (const auto& name : names_in(scratch.at(output.path).top)) {
      if (control && (name == "input.json" || name == "output.json")) continue;
      if (++collected.dropped_count <= kNamed) {
        collected.dropped.push_back(output.name + ": " + name);
      }
    }
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
    if (::fchownat(place.top, "input.json", plan.uid, plan.gid, AT_SYMLINK_NOFOLLOW) != 0) {
      throw_errno("change the owner of", "input.json");
    }
  }
}

Collected collect(const Plan& plan, const Scratch& scratch, bool succeeded) {
  Collected collected;
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
  // Last: where it is, everything that it speaks of is there.
  if (text) write_output(*control, *text, scratch);
  note_dropped(plan, scratch, collected);
  return collected;
}

}  // namespace rind
