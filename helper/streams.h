// The standard streams of a step with another uid.
//
// A descriptor that it inherits can be used whoever it belongs to; opening /dev/stdout or
// /proc/self/fd/1 again, as many a build script does, asks for the rights of a stranger. So a pipe
// or log file of the builder's is open to others while the step runs. Others cannot reach it: they
// have neither the descriptor nor, in their root, the path.
#pragma once

#include <sys/types.h>

#include <vector>

#include "helper/plan.h"

namespace rind {

class SharedStreams {
 public:
  // Nothing is done for a step with the builder's own uid, nor to a stream that is no pipe or
  // regular file of the builder's.
  explicit SharedStreams(const Plan& plan);
  ~SharedStreams();
  SharedStreams(const SharedStreams&) = delete;
  SharedStreams& operator=(const SharedStreams&) = delete;

 private:
  struct Changed {
    int stream;
    mode_t mode;  // as it was
  };
  std::vector<Changed> changed_;
};

}  // namespace rind
