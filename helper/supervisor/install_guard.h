// The guard of the build environment.
//
// The front end finds some of its own tools through the PATH of a build environment, whose bin
// comes first. A build dependency that ships a program of such a name would be run as that tool,
// outside of every step.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/kit/manifest.h"
#include "helper/plan/plan.h"
#include "helper/step/step.h"

namespace rind {

// Throws Error when the build environment's bin has something that is called like one of `tools`
// (names with wildcards). A `keyring` that the environment's own interpreter runs is let through:
// packages bring it for themselves, and by that interpreter's seam it is a step. manifest: knows
// the seams.
void require_no_shadow(const kit::Manifest& manifest, const CallFacts& facts,
                       const std::vector<std::string>& tools);

// Throws Error when a program that is called like an interpreter in the environment's bin is none
// of the image's, so that whoever calls it next would run a package's program, outside of every
// step. A wheel can bring such a one. manifest: where it has no interpreters, nothing is known and
// nothing refused.
void require_own_interpreters(const kit::Manifest& manifest, const std::string& environment);

// python, python3, python3.13, python3.13t, and what pypy calls itself.
bool is_interpreters_name(const std::string& name);

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
