// The standard streams of a step.
//
// A log file that the front end opened is not handed on: through its descriptor a step could write
// over what it said before, or make the file as large as it likes without filling a disk. The step
// gets a pipe of its own, and a copier, a child of the supervisor, appends what comes through. The
// pipe belongs to the step, so that opening /dev/stderr again, as many a build script does, works
// under another uid, too. For the same sake a pipe of the builder's is made open to others, who
// have no way to it.
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
  ~Streams();
  Streams(const Streams&) = delete;
  Streams& operator=(const Streams&) = delete;

  // When everything of the step is dead: puts the files back, with all that it wrote. Throws Error
  // when not all could be written.
  void finish();

 private:
  struct Replaced {
    int stream;
    Fd original;
  };
  struct Copier {
    pid_t pid;
    Fd end;  // closed: nothing more will come, whoever may still hold the pipe
  };
  void replace(int stream, const Plan& plan);
  void restore();

  std::vector<Replaced> replaced_;
  std::vector<Copier> copiers_;
};

}  // namespace rind
