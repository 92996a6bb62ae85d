// Another process of the sandbox, looked at by pid 1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace rind {

// "/proc/TASK/FILE".
std::string in_proc(int task, const std::string& file);

// A string in the memory of `task`, at most PATH_MAX bytes; nothing when it cannot be read.
std::optional<std::string> read_string(int task, uint64_t address);

// `size` bytes of the memory of `task`; nothing when they cannot be read.
std::optional<std::string> read_memory(int task, uint64_t address, size_t size);

}  // namespace rind
