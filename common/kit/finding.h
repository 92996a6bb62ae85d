// One requirement that was looked at: what `rind-hook check` and `rind check` report.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/base/error.h"
#include "common/base/json_fwd.h"

namespace rind {

struct Finding {
  // kWarning: it works, and something is weaker or may go wrong. kUnknown: it could not be looked
  // at from here.
  enum class State { kOk, kWarning, kFailed, kUnknown } state = State::kOk;
  std::string id;      // stable, e.g. "seams.covered"; docs/operating.md lists them
  std::string found;   // what is there
  std::string remedy;  // what to do; empty where nothing is to be done
};
std::string to_string(Finding::State state);

using Findings = std::vector<Finding>;

// `error` as a finding that failed.
Finding failed(const std::string& id, const Error& error);

// Runs `look`, which returns what it found, and makes a finding of it: ok, or failed when it throws
// Error.
Finding look_at(const std::string& id, const std::function<std::string()>& look);

bool any_failed(const Findings& findings);

// A line a finding: its state, id and what was found; below it the remedy.
std::string findings_text(const Findings& findings);
// An array of objects with id, state, found and remedy. Bytes that are no UTF-8 are replaced.
Json findings_json(const Findings& findings);

}  // namespace rind
