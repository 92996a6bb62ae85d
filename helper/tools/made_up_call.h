// A hook call made up, for a person who asks about it from outside of the front end.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "helper/step/call.h"

namespace rind {

// What a front end makes for a call of `hook` on the sources in `source`: control and output
// directories below /tmp, removed at the end of this object. The build environment is the one
// beside the sources, the newest if there are several.
class PretendedHook {
 public:
  // environment: the caller's. Throws Error where there is no such hook or no build environment.
  PretendedHook(const std::string& hook, const std::string& source,
                std::vector<std::string> environment);
  ~PretendedHook();
  PretendedHook(const PretendedHook&) = delete;
  PretendedHook& operator=(const PretendedHook&) = delete;

  const Call& call() const { return *call_; }
  const std::string& working_directory() const { return source_; }

 private:
  std::string source_, directory_;
  std::optional<Call> call_;
};

}  // namespace rind
