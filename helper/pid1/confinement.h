// The security module that confines this process (SELinux, AppArmor): to say what denied a mount,
// and to be executed in the domain that the helper's label gives.
#pragma once

#include <string>

#include "common/base/error.h"

namespace rind {

struct Confinement {
  enum class Module { kNone, kSelinux, kAppArmor } module = Module::kNone;
  std::string name;  // SELinux: the type; AppArmor: the profile
};

// text: of /proc/PID/attr/current. A profile in complain mode denies nothing: kNone. Pure.
Confinement parse_confinement(const std::string& text);

// This process's; kNone where it cannot be read.
Confinement own_confinement();

// `error`, or where it is a mount that a security module refused (EACCES, which no other part of
// the kernel answers to a mount), one that names the module and the remedy. Pure.
Error blame_module(const SysError& error, const Confinement& confinement);

// An engine starts a container's first process, and that of `podman exec`, in the container's own
// SELinux domain, whatever the program's label says. Executes the helper again where that gives it
// the domain of its own; returns where there is nothing to gain. argv: as it came in, of the tool.
void enter_own_domain(char** argv);

}  // namespace rind
