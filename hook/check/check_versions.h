// The engines and runtimes of this host.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/kit/finding.h"

namespace rind::hook {

struct Version {
  std::vector<unsigned> numbers;  // 1.1.5 is {1, 1, 5}
  std::string line;               // as the program says it
};

// The first dotted number in the first line of `output` (of PROGRAM --version). Pure.
Version parse_version(const std::string& output);

// Versions with flaws that matter to Rind, as findings of `program`. Pure.
Finding judge_version(const std::string& program, const std::optional<Version>& version);

// What each of these programs says of itself; nothing for those that are not in the usual
// directories of programs. Each runs for five seconds at most.
std::map<std::string, std::optional<Version>> ask_versions(
    const std::vector<std::string>& programs);

}  // namespace rind::hook
