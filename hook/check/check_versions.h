// The versions of this host's engines and runtimes.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/kit/finding.h"

namespace rind::hook {

struct Version {
  std::vector<unsigned> numbers;  // 1.1.5 is {1, 1, 5}
  std::string line;               // the first line of the program's output
};

// The first dotted number in the first line of `output` (of PROGRAM --version). Pure.
Version parse_version(const std::string& output);

// Warns about versions with flaws that matter to Rind. Pure.
Finding judge_version(const std::string& program, const std::optional<Version>& version);

// What `PATH --version` prints to standard output, within five seconds.
struct ProgramOutput {
  bool started = false;
  std::string text;
  std::string trouble;  // why it did not start
};
ProgramOutput version_output(const std::string& path);

// Runs PROGRAM --version for each program, for at most five seconds each. Nothing for a program
// that is not in the system's directories of programs.
std::map<std::string, std::optional<Version>> ask_versions(
    const std::vector<std::string>& programs);

}  // namespace rind::hook
