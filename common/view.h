// How a path looks to a step.
#pragma once

#include <cstdint>
#include <string>

namespace rind {

enum class View {
  kRo,       // as it is, not writable
  kRw,       // as it is, writable
  kPrivate,  // empty at first, writable, thrown away
  kHidden,   // empty, and a write fails
};

// What holds a private view.
enum class Backing {
  kMemory,  // a tmpfs; counts against the container's memory
  kDisk,    // a directory made inside the covered one, removed afterwards
};

struct ViewSpec {
  View view = View::kRo;
  Backing backing = Backing::kMemory;
  uint64_t size = 0;  // bytes, for memory-backed private views; 0: the kernel's default
};

std::string to_string(View view);
std::string to_string(Backing backing);

}  // namespace rind
