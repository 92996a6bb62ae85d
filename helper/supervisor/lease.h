// Leases: each is an id that one step at a time may use.
//
// A lease is a lock (flock(2)) on a file of the kit, held by the supervisor. SIGKILL releases it
// and leaves no file behind. A step dies slightly later than its supervisor, so the lock can be
// free while processes of that id still run. Therefore taking a lease first looks for processes of
// its id, and kills them.
#pragma once

#include <optional>
#include <vector>

#include "common/base/fd.h"

namespace rind {

class Lease {
 public:
  // Takes a free lease, if possible one of the ids in `first`. ids[n] is the id of lease n; kNoId
  // is skipped. Throws Error when all are taken, or when processes of an id do not end.
  static Lease take(const std::vector<unsigned>& ids, const std::vector<unsigned>& first = {});
  // Takes the lease of `id`; returns nothing when another process holds it.
  static std::optional<Lease> take_id(const std::vector<unsigned>& ids, unsigned id);

  unsigned id() const { return id_; }
  // Kills every process of this id and waits for their end. Throws Error when they do not end.
  void evict_processes() const;
  // The descriptor that holds the lock.
  int lock() const { return lock_.get(); }

 private:
  static std::optional<Lease> take_first(const std::vector<unsigned>& ids,
                                         const std::vector<unsigned>& first);
  Lease(Fd lock, unsigned id) : lock_(std::move(lock)), id_(id) {}
  Fd lock_;
  unsigned id_ = 0;
};

}  // namespace rind
