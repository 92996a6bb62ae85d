#include "helper/outputs/collect.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/base/json.h"
#include "common/base/look.h"
#include "common/base/sys.h"
#include "helper/outputs/artefact_name.h"
#include "helper/outputs/take.h"
#include "helper/step/built_marker.h"

namespace rind {
namespace {

constexpr size_t kControlLimit = 1024 * 1024;  // of input.json and output.json

Artefact take_archive(const PlannedOutput& output, const std::string& name, const Plan& plan,
                      const Scratch& scratch) {
  const Scratch::Pair place = scratch.at(output.path);
  const TakenFile taken = take_file(place.top, name, plan);
  Artefact artefact;
  artefact.name = output.name;
  artefact.path = output.path + "/" + name;
  artefact.size = taken.size;
  if (plan.recorded) artefact.sha256 = sha256_hex_of(taken.file.get(), kArtefactLimit, name);
  if (!output.in_place) {
    deliver({output.path, output.may_replace, output.project}, place, taken, name);
  }
  return artefact;
}

Artefact take_metadata(const PlannedOutput& output, const std::string& name, const Plan& plan,
                       const Scratch& scratch) {
  const Scratch::Pair place = scratch.at(output.path);
  struct stat st = {};
  if (::fstatat(place.top, name.c_str(), &st, AT_SYMLINK_NOFOLLOW) != 0)
    throw_errno(kTakeOutput, name);
  if (!S_ISDIR(st.st_mode))
    throw Error(kTakeOutput, name + " is not a directory",
                "let the build backend return the name of the directory that it made");
  Artefact artefact;
  artefact.name = output.name;
  artefact.path = output.path + "/" + name;
  artefact.size = take_tree(place.top, name, plan, {});
  // It never replaces a directory: the front end's directory was empty.
  if (!output.in_place && !sys::rename_new(place.top, name, place.real, name)) {
    throw Error(kTakeOutput, artefact.path + " already exists",
                "let the front end use an empty directory, or remove that one");
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
    if (sys::try_lstat(place.top, name, st)) marker = name;
  }
  if (output.in_place || marker.empty()) return;
  const std::string package = metadata.substr(0, metadata.rfind(".dist-info"));
  const std::vector<std::string> wheels = wheels_in(place.top, package, {});
  const bool own = wheels.size() == 1 && is_wheel_of(wheels[0], plan.package, plan.artefact_names);
  if (!own) return;
  for (const auto& name : {wheels[0], marker}) {
    const TakenFile taken = take_file(place.top, name, plan);
    // A front end gives each call a directory of its own.
    if (!sys::rename_new(place.top, name, place.real, name)) return;
    require_moved(place.real, output.path + "/" + name, taken);
  }
}

// Returns output.json as the step left it; nothing where there is none.
std::optional<std::string> read_output(const PlannedOutput& control, const Plan& plan,
                                       const Scratch& scratch) {
  const int top = scratch.at(control.path).top;
  struct stat st = {};
  if (!sys::try_lstat(top, "output.json", st)) {
    if (errno == ENOENT) return std::nullopt;
    throw_errno(kTakeOutput, "output.json");
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
  if (wheels.size() > 1)
    throw Error(kTakeOutput, "pip left more than one wheel of " + plan.package,
                "build with an empty wheel directory, one package a call");
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
    seal_directory(scratch.at(output.path).top, output.path, plan);
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
