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

// True when the container's network has a way to "HOST:PORT". Sends nothing.
bool has_route(const std::string& address);

// True when the container has a process with this number.
bool builder_sees_process(const std::string& number);

// True when this process has a terminal, as /dev/tty would open it.
bool builder_has_terminal();

// The first `limit` bytes of a regular file; "" when it cannot be read.
std::string head_of_file(const std::string& path, size_t limit);

// The capabilities of this process, one bit each.
uint64_t own_capabilities();

}  // namespace rind
