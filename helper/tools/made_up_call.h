// A simulated hook call, for a person who asks about it without the front end.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "helper/step/call.h"

namespace rind {

// Makes what a front end makes for a call of `hook` on the sources in `source`: control and output
// directories, below /tmp. The destructor removes them. The build environment is the newest one
// beside the sources.
class PretendedHook {
 public:
  // environment: of the caller. Throws Error for an unknown hook, or where there is no build
  // environment.
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
