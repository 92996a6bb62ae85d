#include "helper/pid1/confinement.h"

#include <fcntl.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "common/base/error.h"
#include "common/base/fd.h"
#include "common/base/look.h"
#include "common/kit/manifest.h"
#include "common/kit/selinux.h"
#include "helper/paths.h"

namespace rind {
namespace {

using Module = Confinement::Module;

// argv[0] of the second execution: the helper executes itself at most once, whatever domain the
// policy gives it.
constexpr const char* kAgain = "rind (in its own domain)";

std::string remedy(const Confinement& confinement) {
  if (confinement.name == selinux::kDomain || confinement.name == "rind-builder") {
    return "look for the denial in the host's audit log and report it: Rind's own policy should "
           "allow this";
  }
  if (confinement.module == Module::kSelinux) {
    return "install the policy module rind-selinux on the host: it serves containers of the type "
           "container_t (`rind-hook check` there shows what is missing); or start the container "
           "with --security-opt label=disable";
  }
  return "load the profile " RIND_APPARMOR_PROFILE
         " on the host, and start the container with --security-opt apparmor=rind-builder";
}

}  // namespace

Confinement parse_confinement(const std::string& text) {
  std::string label = text;
  // SELinux ends the label with a zero byte, AppArmor with a newline.
  while (!label.empty() && (label.back() == '\0' || label.back() == '\n')) label.pop_back();
  constexpr const char* kEnforced = " (enforce)";
  if (label.ends_with(kEnforced)) {
    return {Module::kAppArmor, label.substr(0, label.size() - std::strlen(kEnforced))};
  }
  const std::string type = selinux::type_of(label);
  return type.empty() ? Confinement{} : Confinement{Module::kSelinux, type};
}

Confinement own_confinement() {
  char label[4096];
  const Fd file(::open("/proc/self/attr/current", O_RDONLY | O_CLOEXEC));
  const ssize_t n = file ? ::read(file.get(), label, sizeof label) : -1;
  // EINVAL: no security module gives labels. Usual, so no exception. Without an answer the kernel
  // still confines this process; this decides only what is said, and whether to change domains.
  return n < 0 ? Confinement{} : parse_confinement(std::string(label, static_cast<size_t>(n)));
}

Error blame_module(const SysError& error, const Confinement& confinement) {
  // The operations that common/base/mount.h names. SELinux denies a file system when it is created,
  // AppArmor when the mount is attached.
  const std::string& what = error.subject();
  const bool mounts = what.starts_with("create file system ") || what.starts_with("mount ");
  if (error.code() != EACCES || !mounts || confinement.module == Module::kNone) return error;
  const bool selinux = confinement.module == Module::kSelinux;
  return Error(what,
               selinux ? "SELinux denies mounts to the domain " + confinement.name
                       : "the AppArmor profile " + confinement.name + " denies mounts",
               remedy(confinement));
}

void enter_own_domain(char** argv) {
  if (std::strcmp(argv[0], kAgain) == 0) return;
  // A step has no kit: there the helper stays in the domain of all other programs of the step.
  if (!sys::may_access(kit::kManifest, F_OK)) return;
  const Confinement confinement = own_confinement();
  if (confinement.module != Module::kSelinux || confinement.name == selinux::kDomain) return;
  char label[256];
  const ssize_t n = ::getxattr(kit::kHelper, "security.selinux", label, sizeof label);
  if (n <= 0 ||
      selinux::type_of(std::string(label, static_cast<size_t>(n))) != selinux::kHelperType)
    return;
  std::string name = kAgain;
  argv[0] = name.data();
  ::execv(kit::kHelper, argv);
  throw_errno("execute", kit::kHelper);
}

}  // namespace rind
