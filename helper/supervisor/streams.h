// The standard streams of a step.
//
// A step does not get the front end's streams. Through such a descriptor it could read what others
// write to the pipe or type at the terminal, change flags of the front end (O_NONBLOCK), or extend
// a log to any size without filling a disk. So a step's standard output and error are its own
// pipes, and the supervisor copies their content (helper/supervisor/output_copy.h). The step owns
// them, so that it can open /dev/stderr again under its own uid, as many build scripts do.
//
// A hook's standard input is /dev/null. Other commands may read that of the caller, opened again
// where possible.
//
// A person at a terminal (`rind run`, `rind shell`) keeps the terminal, and gets it back as it was.
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

  // Throws Error, also for a stream that a step must not have.
  explicit Streams(const Plan& plan);
  // For a step that is run again: /dev/null. Throws Error.
  static Streams none();
  bool is_none() const { return static_cast<bool>(null_); }
  Streams(Streams&&) = default;
  ~Streams();
  Streams(const Streams&) = delete;
  Streams& operator=(const Streams&) = delete;

  // Replaces the caller's streams by the step's, in the step's pid 1. Throws Error.
  void enter() const;

  // What each copy waits for, for poll(2). move() continues the copies that are ready, and returns
  // whether there was one.
  using Polled = std::array<struct pollfd, kMostCopies>;
  Polled waits_for() const;
  bool move(const Polled& polled);
  // Call this when the step is dead: it writes no more.
  void writers_ended();
  bool done() const;

  // Restores the caller's streams. Throws Error when the step's output could not be written.
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
  Streams() = default;

  Fd null_;   // in place of all streams
  Fd input_;  // standard input, opened again
  off_t input_start_ = 0;
};

}  // namespace rind
