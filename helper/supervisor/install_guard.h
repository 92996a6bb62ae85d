// The guard of an install into a build environment: what it may not leave there is undone.
#pragma once

#include <map>
#include <string>

#include "common/kit/manifest.h"
#include "helper/plan/plan.h"
#include "helper/step/step.h"

namespace rind {

// An install writes in the environment, and so may packages that are installed there already. When
// it is over, such programs are taken away, whether it succeeded or not; all of them where the
// pyvenv.cfg is gone, by which the environment is known. What was closed to other users is opened
// again: no mode that a package sets reaches a later step. Made before the
// environment is lent; check() and the destructor are for when it is the builder's again.
class InstallGuard {
 public:
  // plan: must outlive this.
  InstallGuard(const kit::Manifest& manifest, const Step& step, const Plan& plan);
  ~InstallGuard();
  InstallGuard(const InstallGuard&) = delete;
  InstallGuard& operator=(const InstallGuard&) = delete;
  // Throws Error when there was one.
  void check() const;

 private:
  void require_same_interpreters() const;

  const kit::Manifest& manifest_;
  const Plan& plan_;
  std::string environment_;  // "" for what is no install
  bool marked_ = false;      // it had a pyvenv.cfg
  // Of the interpreters' names in its bin: the targets of those that are links.
  std::map<std::string, std::string> links_;
};

}  // namespace rind
