// How a path looks to a step.
#pragma once

#include <cstdint>
#include <string>

#include "common/base/names.h"

namespace rind {

enum class View {
  kRo,       // as it is, not writable
  kRw,       // as it is, writable
  kCow,      // as it is, writable; what is written is thrown away
  kPrivate,  // empty at first, writable, thrown away
  kHidden,   // empty, and a write fails
};

inline constexpr Name<View> kViewNames[] = {{View::kRo, "ro"},
                                            {View::kRw, "rw"},
                                            {View::kCow, "cow"},
                                            {View::kPrivate, "private"},
                                            {View::kHidden, "hidden"}};

// What holds a private view.
enum class Backing {
  kMemory,  // a tmpfs; counts against the container's memory
  kDisk,    // a directory made inside the covered one, removed afterwards
};

inline constexpr Name<Backing> kBackingNames[] = {{Backing::kMemory, "memory"},
                                                  {Backing::kDisk, "disk"}};

// What a cow view becomes where the kernel denies the overlay.
enum class CowFallback { kRefuse, kPrivate };
inline constexpr Name<CowFallback> kCowFallbackNames[] = {{CowFallback::kRefuse, "refuse"},
                                                          {CowFallback::kPrivate, "private"}};

struct ViewSpec {
  View view = View::kRo;
  Backing backing = Backing::kMemory;
  uint64_t size = 0;  // bytes, for memory-backed private views and for what cow ones take up
  bool noexec = false;
  bool lend = false;         // rw: the tree belongs to the step while it runs
  uint64_t directories = 0;  // cow: so many directories can be written to, at most
  CowFallback fallback = CowFallback::kRefuse;
};

inline std::string to_string(View view) { return name_of(kViewNames, view); }
inline std::string to_string(Backing backing) { return name_of(kBackingNames, backing); }
inline std::string to_string(CowFallback fallback) { return name_of(kCowFallbackNames, fallback); }

}  // namespace rind
