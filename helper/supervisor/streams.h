// The standard streams of a step.
//
// A stream of the front end's is not handed on. Through its descriptor a step could read what
// others write to the pipe or type at the terminal, change flags that are the front end's as well
// (O_NONBLOCK), or make a log as large as it likes without filling a disk. So standard output and
// error of a step are pipes of its own, and the supervisor copies what comes through
// (helper/supervisor/output_copy.h). They belong to the step, so that opening /dev/stderr again, as
// many a build script does, works under another uid, too.
//
// A hook's standard input is /dev/null. Any other command may read its caller's: by a description
// that is opened anew, where that can be had.
//
// A person at a terminal (`rind run`, `rind shell`) keeps it, and finds it as it was.
#pragma once

#include <poll.h>
#include <termios.h>

#include <array>
#include <optional>
#include <vector>

#include "common/base/fd.h"
#include "helper/plan/plan.h"
#include "helper/supervisor/output_copy.h"

namespace rind {

class Streams {
 public:
  static constexpr size_t kMostCopies = 2;

  // Throws Error, also for a stream that no step may have.
  explicit Streams(const Plan& plan);
  ~Streams();
  Streams(const Streams&) = delete;
  Streams& operator=(const Streams&) = delete;

  // In the step's pid 1: puts the step's streams in the place of the caller's. Throws Error.
  void enter() const;

  // For poll(2): what each copy waits for. move() then goes on with those that are ready, and
  // returns whether any was.
  using Polled = std::array<struct pollfd, kMostCopies>;
  Polled waits_for() const;
  bool move(const Polled& polled);
  // The step is dead: nothing more is to come.
  void writers_ended();
  bool done() const;

  // Gives the caller its streams back as they were. Throws Error when what the step wrote could not
  // be written.
  void finish();

 private:
  // A stream that the step shares with its caller.
  struct Shared {
    int stream;
    int flags;  // of its description (F_GETFL)
    std::optional<struct termios> terminal;
  };
  struct Replaced {
    int stream;
    size_t copy;  // of copies_
  };
  void share(int stream);
  void take_input(const Plan& plan);
  void take_output(int stream, const Plan& plan);
  void restore();

  std::vector<Shared> shared_;
  std::vector<Replaced> replaced_;
  std::vector<OutputCopy> copies_;
  Fd input_;  // standard input by a description of its own
  off_t input_start_ = 0;
};

}  // namespace rind
