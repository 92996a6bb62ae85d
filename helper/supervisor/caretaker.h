// A process that does what its parent would have done at the end, if the parent is killed.
//
// A tree in a twin is the builder's all the time. When the supervisor is killed, nothing would tell
// git that a step has written in the tree, and git would run what the step left.
#pragma once

#include <sys/types.h>

#include <functional>
#include <vector>

#include "common/base/fd.h"

namespace rind {

class Caretaker {
 public:
  // Forks. The new process has only the open files `descriptors` and a process group of its own, so
  // that what kills this process's group misses it. It waits until this process has ended without
  // destroying the Caretaker, and then calls `work`. Throws SysError.
  Caretaker(std::vector<int> descriptors, const std::function<void()>& work);
  // Ends it; `work` is not called.
  ~Caretaker();
  Caretaker(const Caretaker&) = delete;
  Caretaker& operator=(const Caretaker&) = delete;

 private:
  pid_t pid_ = -1;
  Fd alive_;
};

}  // namespace rind
