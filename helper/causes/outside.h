// What the builder could do where a step was denied. Looks, changes nothing.
#pragma once

#include <cstdint>
#include <string>

#include "helper/trace/failed_call.h"

namespace rind {

// True when the builder could do that with the path, as far as it can be told without doing it.
bool builder_may(const FailedCall& call);

// True when a process of the container listens at the address: "HOST:PORT" or "@NAME".
bool is_served(const std::string& address);

// True when this container has a network interface beside loopback.
bool has_interfaces();

// The capabilities of this process, one bit each.
uint64_t own_capabilities();

}  // namespace rind
