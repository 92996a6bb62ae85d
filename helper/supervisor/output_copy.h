// Copies a step's output from a pipe to the front end's stream.
//
// It never waits: the supervisor also handles signals and a deadline. Output that the target does
// not take at once stays here, and the step waits as it would for the target itself.
#pragma once

#include <poll.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/fd.h"
#include "common/base/sys.h"

namespace rind {

class OutputCopy {
 public:
  // target: a standard stream of this process; it must outlive this object. uid, gid: the owner of
  // the pipe, so that the step can open it again. Throws Error.
  OutputCopy(int target, unsigned uid, unsigned gid);

  int target() const { return target_; }
  // The end that the step writes to.
  int pipe() const { return pipe_.write_end.get(); }

  // What to wait for before the next move(); a negative descriptor when there is nothing to do.
  struct pollfd waits_for() const;
  void move();

  // Call this when the step is dead: copy only what it has written, whoever still holds the pipe.
  void writers_ended();
  // True when everything is copied, or the target takes no more.
  bool done() const { return !pipe_.read_end || (bytes_left_ == 0 && rest().empty()); }

  // Throws Error with the kernel's reason when reading from the step or writing to the target
  // failed. It is no error when the reader of the target has gone.
  void require_complete() const;

 private:
  void read_some();
  void write_some();
  std::string_view rest() const { return {buffer_.get() + begin_, end_ - begin_}; }
  size_t next_piece() const;
  std::string target_name() const;

  int target_;
  mode_t type_;          // S_IFMT of the target
  bool blocks_ = false;  // a write may block: write little, when poll(2) reports ready
  int error_ = 0;        // errno of a target that failed
  int unread_ = 0;       // errno of a pipe that could not be read to its end
  Fd reopened_;          // the target opened again, where possible
  sys::Pipe pipe_;
  // Not set to zero: most steps write little, and no other page of it is touched.
  std::unique_ptr<char[]> buffer_;  // not yet written: from begin_ to end_
  size_t begin_ = 0, end_ = 0;
  uint64_t bytes_left_ = UINT64_MAX;
};

}  // namespace rind
