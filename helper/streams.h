// The standard streams of a step.
//
// A log file that the front end opened is not handed on: through its descriptor a step could write
// over what it said before, or make the file as large as it likes without filling a disk. The step
// gets a pipe, and what comes through is appended. The pipe is the step's, so that opening
// /dev/stderr again, as many a build script does, works under another uid, too; a pipe of the
// builder's is open to others while the step runs, who have no way to it.
#pragma once

#include <sys/types.h>

#include <vector>

#include "common/fd.h"
#include "helper/plan.h"

namespace rind {

class Streams {
 public:
  // Replaces standard output and error of this process where they are regular files. Throws Error.
  explicit Streams(const Plan& plan);
  // Waits until everything that was written has arrived, and puts the files back.
  ~Streams();
  Streams(const Streams&) = delete;
  Streams& operator=(const Streams&) = delete;

 private:
  struct Shared {
    int stream;
    mode_t mode;  // as it was
  };
  struct Replaced {
    int stream;
    Fd original;
  };
  void replace(int stream, const Plan& plan);
  void share(int stream, bool output, const Plan& plan);

  std::vector<Shared> shared_;
  std::vector<Replaced> replaced_;
  std::vector<pid_t> copiers_;
};

}  // namespace rind
