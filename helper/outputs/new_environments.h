// Environments that a step made in its sources, or beside them, and packages beside them.
//
// Front ends look for .venv and the like in the project, and run its interpreter: as a step where
// it leads to one of the image's interpreters, and else as any program. A step that makes an
// environment there would have its own program run outside of every step.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "common/kit/manifest.h"
#include "helper/step/step.h"

namespace rind {

class NewEnvironments {
 public:
  // known: the environments in the sources before the step; it cannot change them. Call this before
  // the sources are lent.
  NewEnvironments(const kit::Manifest& manifest, const Step& step, std::vector<std::string> known);
  // As disarm(); reports an error instead of throwing it.
  ~NewEnvironments();
  NewEnvironments(const NewEnvironments&) = delete;
  NewEnvironments& operator=(const NewEnvironments&) = delete;

  // Removes the interpreters of new environments that are none of the image's, and all of an
  // environment that would count as one of the image's own. Removes links to environments, and what
  // would make the sources one. Returns a line for each. Call it when the sources are the builder's
  // again. Throws Error.
  std::vector<std::string> disarm();

 private:
  // written: the directories that steps write to.
  void disarm(const std::string& environment, const std::vector<std::string>& written,
              std::vector<std::string>& lines) const;

  void look_behind(const std::string& link, const std::vector<std::string>& written,
                   std::vector<std::string>& found) const;

  const kit::Manifest& manifest_;
  const bool interpreters_;  // the kit covers some: else every interpreter is any program
  std::string source_;       // "" when there is nothing to look at
  std::vector<std::string> known_;
  bool was_environment_ = false;  // the sources themselves
  // Links in the sources before the step, and files that name environments: their texts, and where
  // they led.
  std::map<std::string, std::pair<std::string, std::string>> links_;
  bool done_ = false;
};

}  // namespace rind
