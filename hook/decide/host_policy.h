// The host's policy, and the rules that decide about builders when that policy cannot be used.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/policy/known_defaults.h"
#include "common/policy/policy.h"

namespace rind::hook {

// Throws Error when a user other than root and the engine's user can change a policy file or its
// directory: that user would decide what is isolated on this host. Also throws Error when
// files.directory was named and does not exist.
//
// Returns the operator's files.
std::vector<std::string> require_trusted(const PolicyFiles& files);

// require_trusted, then load_policy.
LoadedPolicy load_host_policy(const PolicyFiles& files);

// A policy as the kit has it.
struct KitPolicy {
  std::string document;  // JSON text
  Policy policy;         // the same; its patches may be null
};

// What a stage asks of the policy, of a container that is no builder.
enum class Rules {
  kOfContainers,  // `containers`: what config.json decides
  kOfSeams,       // also `seams`, and what the rights of the hook depend on: `identity`, `lend`,
                  // `record`
};

// The policy of a host, checked as load_host_policy() checks it, but read only as far as it is
// needed: most containers are no builders.
class HostPolicy {
 public:
  // Throws as load_host_policy.
  static HostPolicy load(const PolicyFiles& files, Rules rules);

  // The keys that `rules` names. The others may be empty.
  const Policy& rules() const { return loaded_ ? loaded_->policy : partial_->policy; }
  LoadedPolicy whole() const;
  KitPolicy for_kit() const;

 private:
  std::optional<PartialPolicy> partial_;
  std::optional<LoadedPolicy> loaded_;  // where the defaults are not the built-in ones
};

// The defaults, compiled in from the file that the package installs.
LoadedPolicy embedded_policy();

// For a host whose policy cannot be used: every known description of builders. These are the
// built-in one and, key by key, those in the operator's files, as far as they can be read. A
// container that matches any of them is refused. Throws nothing.
std::vector<ContainerRules> rules_without_policy(const PolicyFiles& files);

}  // namespace rind::hook
