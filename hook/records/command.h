// The subcommands `log`, `report` and `prune` of rind-hook.
#pragma once

#include <string>

#include "common/policy/policy.h"
#include "hook/records/log.h"
#include "hook/records/prune.h"

namespace CLI {
class App;
}

namespace rind::hook {

// Adds the commands to `app`. Must outlive the parsing.
class RecordsCommands {
 public:
  RecordsCommands(CLI::App& app, PolicyFiles& policy);
  // One of them was called.
  bool parsed() const;
  // Runs it. Returns the exit status. Throws Error.
  int run() const;

 private:
  void add_policy_options(CLI::App& command);
  void add_filters(CLI::App& command);

  PolicyFiles& policy_;
  CLI::App *log_, *report_, *prune_;
  RecordsAsked asked_;
  PruneAsked prune_asked_;
  bool json_ = false, provenance_ = false;
  std::string output_;
};

}  // namespace rind::hook
