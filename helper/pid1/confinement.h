// The security module that confines this process (SELinux, AppArmor). It names what denied a mount,
// and lets the helper run in the domain that its label gives it.
#pragma once

#include <string>

#include "common/base/error.h"

namespace rind {

struct Confinement {
  enum class Module { kNone, kSelinux, kAppArmor } module = Module::kNone;
  std::string name;  // SELinux: the type; AppArmor: the profile
};

// text: the content of /proc/PID/attr/current. Returns kNone for a profile in complain mode, which
// denies nothing. Pure.
Confinement parse_confinement(const std::string& text);

// The confinement of this process; kNone where it cannot be read.
Confinement own_confinement();

// Returns `error`, unless a security module denied a mount: then an error that names the module and
// the remedy. No other part of the kernel answers EACCES to a mount. Pure.
Error blame_module(const SysError& error, const Confinement& confinement);

// Executes the helper again where that gives it its own SELinux domain; otherwise returns. Engines
// start the first process of a container, and that of `podman exec`, in the container's domain,
// whatever label the program has. argv: that of main.
void enter_own_domain(char** argv);

}  // namespace rind
