// Copies what a step writes to a pipe of its own to where the front end wants it.
//
// Never waits: the supervisor has signals and a deadline to look after. What the target does not
// take at once stays here, and then the step waits as it would for the target itself.
#pragma once

#include <poll.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/fd.h"
#include "common/base/sys.h"

namespace rind {

class OutputCopy {
 public:
  // target: a standard stream of this process, which must outlive this. uid, gid: whose the pipe
  // is, so that the step can open it again. Throws Error.
  OutputCopy(int target, unsigned uid, unsigned gid);

  int target() const { return target_; }
  // What the step writes to.
  int pipe() const { return pipe_.write_end.get(); }

  // What to wait for before the next move(); its descriptor is negative when nothing is to be done.
  struct pollfd waits_for() const;
  void move();

  // The step is dead: what it has written until now is all that is to be copied, whoever may still
  // hold the pipe.
  void writers_ended();
  // Everything has been copied, or the target takes no more.
  bool done() const { return !pipe_.read_end || (bytes_left_ == 0 && rest().empty()); }

  // Throws Error, with the kernel's reason, when the target took no more. That its reader is gone
  // is no error, as it is none without us.
  void require_complete() const;

 private:
  void read_some();
  void write_some();
  std::string_view rest() const { return {buffer_.data() + begin_, end_ - begin_}; }
  size_t next_piece() const;
  std::string target_name() const;

  int target_;
  mode_t type_;          // S_IFMT of the target
  bool blocks_ = false;  // a write may wait, so it is small, and comes when poll(2) says so
  int error_ = 0;        // errno of a target that failed
  Fd reopened_;          // the target by a description of our own, where that can be had
  sys::Pipe pipe_;
  std::vector<char> buffer_;  // read and not yet written: from begin_ to end_
  size_t begin_ = 0, end_ = 0;
  uint64_t bytes_left_ = UINT64_MAX;
};

}  // namespace rind
