// Guards the build environment against an install: it undoes what an install may not leave.
#pragma once

#include <map>
#include <string>

#include "common/kit/manifest.h"
#include "helper/plan/plan.h"
#include "helper/step/step.h"

namespace rind {

// An install writes to the environment, and so may packages that are installed there already. After
// the install, successful or not, changed interpreters are removed. Without the pyvenv.cfg, which
// marks an environment, all interpreters are removed. Files that are closed to other users are
// opened again: no mode that a package set affects a later step. Construct it before the
// environment is lent; check() and the destructor need the environment to belong to the builder
// again.
class InstallGuard {
 public:
  // plan: must outlive this object.
  InstallGuard(const kit::Manifest& manifest, const Step& step, const Plan& plan);
  ~InstallGuard();
  InstallGuard(const InstallGuard&) = delete;
  InstallGuard& operator=(const InstallGuard&) = delete;
  // Throws Error when an interpreter was changed, or when a directory stays closed.
  void check() const;

 private:
  void require_same_interpreters() const;

  const kit::Manifest& manifest_;
  const Plan& plan_;
  std::string environment_;  // "" when the step is not an install
  bool marked_ = false;      // it had a pyvenv.cfg
  // The targets of those interpreters in its bin that are links, by name.
  std::map<std::string, std::string> links_;
};

}  // namespace rind
