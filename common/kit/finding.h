// One checked requirement, as `rind-hook check` and `rind check` report it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/base/error.h"
#include "common/base/json_fwd.h"

namespace rind {

struct Finding {
  // kWarning: it works, but something is weaker or may fail. kUnknown: it could not be checked from
  // here.
  enum class State { kOk, kWarning, kFailed, kUnknown } state = State::kOk;
  std::string id;      // stable, e.g. "seams.covered"; docs/operating.md lists them
  std::string found;   // the result of the check
  std::string remedy;  // what to do; empty when there is nothing to do
};
std::string to_string(Finding::State state);

using Findings = std::vector<Finding>;

// A failed finding with the text and remedy of `error`.
Finding failed(const std::string& id, const Error& error);

// Runs `look`: the finding is ok with the text that `look` returns, or failed when it throws Error.
Finding look_at(const std::string& id, const std::function<std::string()>& look);

bool any_failed(const Findings& findings);

// One line for each finding, with its state, its id and the result; below it the remedy.
std::string findings_text(const Findings& findings);
// An array of objects with id, state, found and remedy.
Json findings_json(const Findings& findings);

}  // namespace rind
