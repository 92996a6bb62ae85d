#include "helper/outputs/named_places.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <utility>

#include "common/base/error.h"
#include "common/base/resolve.h"
#include "common/base/sys.h"
#include "common/base/text.h"

namespace rind {
namespace {

// Why the path does not lead to this file any more; "" when it does.
template <typename Open>
std::string trouble_with(const Open& open, dev_t device, ino_t inode) {
  try {
    const Fd fd = open();
    const struct stat st = sys::stat_fd(fd.get(), "an output");
    const bool same = st.st_dev == device && st.st_ino == inode;
    return same ? std::string() : "the path now leads to another file or directory";
  } catch (const SysError& e) {
    return e.why();
  }
}

}  // namespace

void NamedPlaces::add(const std::string& name, const std::string& path, int fd, const Step& step) {
  const struct stat st = sys::stat_fd(fd, path);
  const auto spelled = step.spelled.find(path);
  places_.push_back({name, path, spelled == step.spelled.end() ? std::string() : spelled->second,
                     st.st_dev, st.st_ino});
}

void NamedPlaces::open_and_add(const std::string& name, const std::string& path, const Step& step) {
  if (path.empty()) return;
  held_.push_back(open_canonical(path, O_PATH | O_NOFOLLOW));
  add(name, path, held_.back().get(), step);
}

NamedPlaces::NamedPlaces(const Plan& plan, const Step& step, const Scratch& scratch) {
  // For a private directory, the directory that it covers: the results go there.
  for (const auto& output : plan.outputs) {
    add(output.name, output.path, scratch.at(output.path).real, step);
  }
  for (const auto& output : step.outputs) {
    if (!output.writable) open_and_add(output.name, output.path, step);
  }
  open_and_add("--log", step.log, step);
  for (const auto& path : plan.inner_environments) {
    open_and_add("an environment", path, step);
  }
  // Front ends write to the directory in which they call a hook (build_dir), too.
  const bool below_sources = is_within(plan.cwd, step.source) && plan.cwd != step.source;
  if (!step.hook.empty() && below_sources) open_and_add("the working directory", plan.cwd, step);
}

void NamedPlaces::require_unmoved() const {
  for (const auto& place : places_) {
    const auto canonical = [&] { return open_canonical(place.path, O_PATH | O_NOFOLLOW); };
    // Follows links, as the front end will.
    const auto spelled = [&] { return sys::open(AT_FDCWD, place.spelled, O_PATH); };
    std::string trouble = trouble_with(canonical, place.device, place.inode);
    const std::string* path = &place.path;
    if (trouble.empty() && !place.spelled.empty()) {
      trouble = trouble_with(spelled, place.device, place.inode);
      path = &place.spelled;
    }
    if (trouble.empty()) continue;
    throw Error("take the step's output",
                "the step replaced " + *path + " (" + place.name +
                    " of the front end), or a directory above it: " + trouble,
                "check what the package does, or let the front end use an output directory outside "
                "of the sources");
  }
}

}  // namespace rind
