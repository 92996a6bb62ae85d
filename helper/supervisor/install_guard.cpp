#include "helper/supervisor/install_guard.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "common/base/error.h"
#include "common/base/look.h"
#include "common/base/resolve.h"
#include "common/base/say.h"
#include "common/base/sys.h"
#include "helper/facts/environment_bin.h"
#include "helper/supervisor/readable.h"

namespace rind {
namespace {

constexpr const char* kWhat = "trust the build environment";

// A pyvenv.cfg marks an environment. Without it, the front end's next call of its interpreter (by a
// script in its bin) would count as a call of the image's own interpreter.
bool is_marked(const std::string& environment) {
  struct stat st = {};
  return sys::try_lstat(environment + "/pyvenv.cfg", st) && S_ISREG(st.st_mode);
}

std::map<std::string, std::string> links_in(const Fd& bin, const std::string& environment) {
  std::map<std::string, std::string> links;
  for (const auto& name : interpreters_in(bin, environment)) {
    struct stat st = {};
    if (!sys::try_lstat(bin.get(), name, st)) continue;
    if (S_ISLNK(st.st_mode)) links.emplace(name, sys::read_link(bin.get(), name));
  }
  return links;
}

}  // namespace

InstallGuard::InstallGuard(const kit::Manifest& manifest, const Step& step, const Plan& plan)
    : manifest_(manifest),
      plan_(plan),
      environment_(step.kind == Step::Kind::kInstall ? step.build_environment : std::string()),
      marked_(!environment_.empty() && is_marked(environment_)) {
  if (environment_.empty()) return;
  const Fd bin = open_bin(environment_);
  if (bin) links_ = links_in(bin, environment_);
}

InstallGuard::~InstallGuard() {
  try {
    check();
  } catch (const Error& e) {
    // check() has reported it already, or another error is being thrown.
    say(e.what());
  }
}

void InstallGuard::check() const {
  if (environment_.empty()) return;
  require_same_interpreters();
  make_readable_again(plan_);
}

void InstallGuard::require_same_interpreters() const {
  const std::string& environment = environment_;
  const Fd bin = open_bin(environment);
  const bool unmarked = marked_ && !is_marked(environment);
  std::string taken;
  if (!bin) {
    // The install replaced bin by a link: remove the link, so that nothing is found through it.
    const Fd top = open_canonical(environment, O_PATH | O_DIRECTORY);
    if (::unlinkat(top.get(), "bin", 0) != 0 && errno != ENOENT)
      throw_errno("remove", environment + "/bin");
    taken = environment + "/bin";
  } else {
    const auto links = links_in(bin, environment);
    for (const auto& name : interpreters_in(bin, environment)) {
      const std::string path = environment + "/bin/" + name;
      // A new link may lead there through a path that a later step writes.
      const auto link = links.find(name), before = links_.find(name);
      const bool same_link =
          link == links.end() || (before != links_.end() && before->second == link->second);
      if (!unmarked && same_link && is_images_interpreter(manifest_, environment, path, true))
        continue;
      if (::unlinkat(bin.get(), name.c_str(), 0) != 0 && errno != EISDIR)
        throw_errno("remove", path);
      taken = path;
    }
  }
  if (unmarked) {
    throw Error(
        kWhat,
        "the install removed " + environment + "/pyvenv.cfg; Rind removed the environment's python",
        "find the build dependency that does this, and build without it");
  }
  if (taken.empty()) return;
  throw Error(kWhat, "the install replaced " + taken + "; Rind removed it",
              "find the build dependency that does this, and build without it");
}

}  // namespace rind
