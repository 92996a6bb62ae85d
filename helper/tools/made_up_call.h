// A simulated hook call, for a person who asks about it without the front end.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "helper/step/call.h"

namespace rind {

// The directory into which Fromager builds what `hook` makes of the sources, where Fromager's
// directories are as it makes them: WORK/NAME-VERSION/NAME-VERSION beside wheels-repo. "" when
// there is none.
std::string usual_output(const std::string& hook, const std::string& source);

// Makes what a front end makes for a call of `hook` on the sources in `source`: control and output
// directories, below /tmp. The destructor removes them. The build environment is the newest one
// beside the sources.
class PretendedHook {
 public:
  // output: the front end's directory for the result; "" to make one up. environment: of the
  // caller. Throws Error for an unknown hook, or where there is no build environment.
  PretendedHook(const std::string& hook, const std::string& source, const std::string& output,
                std::vector<std::string> environment);
  ~PretendedHook();
  PretendedHook(const PretendedHook&) = delete;
  PretendedHook& operator=(const PretendedHook&) = delete;

  const Call& call() const { return *call_; }
  const std::string& working_directory() const { return source_; }
  // The directory that holds what was made up, and the names in it.
  const std::string& directory() const { return directory_; }
  const std::vector<std::string>& made_up() const { return made_up_; }

 private:
  std::string source_, directory_;
  std::vector<std::string> made_up_;
  std::optional<Call> call_;
};

}  // namespace rind
