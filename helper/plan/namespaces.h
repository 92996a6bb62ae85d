// The namespaces that a step has of its own.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/policy/policy.h"

namespace rind {

// A kind of namespaces(7).
struct NamespaceKind {
  const char* name;  // for people and records
  const char* file;  // in /proc/PID/ns
  uint64_t flag;     // CLONE_NEW*
};

// net only where the step does not have the container's network.
std::vector<NamespaceKind> namespaces_of_step(Network network);

std::vector<std::string> names_of(const std::vector<NamespaceKind>& namespaces);

}  // namespace rind
