// The view of a path: what a step sees there and whether it can write.
#pragma once

#include <cstdint>
#include <string>

#include "common/base/names.h"

namespace rind {

enum class View {
  kRo,       // the container's files, not writable
  kRw,       // the container's files, writable
  kCow,      // the container's files, writable; changes are discarded
  kPrivate,  // empty at first, writable; the contents are discarded
  kHidden,   // empty, not writable
};

inline constexpr Name<View> kViewNames[] = {{View::kRo, "ro"},
                                            {View::kRw, "rw"},
                                            {View::kCow, "cow"},
                                            {View::kPrivate, "private"},
                                            {View::kHidden, "hidden"}};

// Where the files of a private view are stored.
enum class Backing {
  kMemory,  // in a tmpfs; counts against the container's memory
  kDisk,    // in a new directory inside the covered one, removed after the step
};

inline constexpr Name<Backing> kBackingNames[] = {{Backing::kMemory, "memory"},
                                                  {Backing::kDisk, "disk"}};

// The replacement for a cow view when the kernel denies the overlay.
enum class CowFallback { kRefuse, kPrivate };
inline constexpr Name<CowFallback> kCowFallbackNames[] = {{CowFallback::kRefuse, "refuse"},
                                                          {CowFallback::kPrivate, "private"}};

struct ViewSpec {
  View view = View::kRo;
  Backing backing = Backing::kMemory;
  // Limit in bytes, for private views in memory and for changes in cow views. On disk: of the
  // memory that is used where no directory can be made; 0 if the view is refused there.
  uint64_t size = 0;
  bool noexec = false;
  bool lend = false;         // rw: the tree belongs to the step while it runs
  uint64_t directories = 0;  // cow: the limit of directories that can be written to
  CowFallback fallback = CowFallback::kRefuse;
  bool operator==(const ViewSpec&) const = default;
};

inline std::string to_string(View view) { return name_of(kViewNames, view); }
inline std::string to_string(Backing backing) { return name_of(kBackingNames, backing); }
inline std::string to_string(CowFallback fallback) { return name_of(kCowFallbackNames, fallback); }

}  // namespace rind
