// Leases: ids that one step at a time has.
//
// A lease is a lock (flock(2)) on a file of the kit, held by the supervisor: SIGKILL frees it, and
// no file is left behind. The lock can be free while a process of that id still lives, because the
// step dies a little after its supervisor; so who takes a lease first ends every process of its id.
#pragma once

#include <optional>
#include <vector>

#include "common/base/fd.h"

namespace rind {

class Lease {
 public:
  // Takes a free one. ids[n] is what lease n stands for; kNoId is passed over. Throws Error when
  // all are taken, or when processes of an id do not end.
  static Lease take(const std::vector<unsigned>& ids);
  // Takes the lease of `id`, or nothing when somebody holds it.
  static std::optional<Lease> take_id(const std::vector<unsigned>& ids, unsigned id);

  unsigned id() const { return id_; }

 private:
  Lease(Fd lock, unsigned id) : lock_(std::move(lock)), id_(id) {}
  Fd lock_;
  unsigned id_ = 0;
};

}  // namespace rind
