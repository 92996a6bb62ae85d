// The file on the host for the records of a container's steps.
//
// Contract: create it before joining the container's mount namespace. CAP_CHOWN is needed when the
// container's user is not the hook's user. The directory belongs to the operator, and only its
// owner can create files in it; this is checked. The file belongs to the container's user, who can
// write and chmod it. So no other user may enter the directory: otherwise a container could leave
// a setuid program for them.
#pragma once

#include <string>

#include "common/base/fd.h"
#include "hook/decide/decide.h"

namespace rind::hook {

// Throws Error when the hook would refuse to keep records in `directory`: it does not exist, its
// path contains a symlink, it does not belong to the caller, or it is open to other users.
void require_record_directory(const std::string& directory);

// The same, and a file can be made in it. Makes one and removes it, for `rind-hook check`.
void require_record_place(const std::string& directory);

class HostRecord {
 public:
  // directory: absolute, without symlinks. name: the file in it. A new file gets mode 0600; an
  // existing file is used if its owner and mode are unchanged. owner: the container's user. label:
  // from hook/container/selinux.h, for a new file: only this container can then write to it.
  // Throws Error.
  HostRecord(const std::string& directory, const std::string& name, HostIds owner,
             const std::string& label);
  // Removes the file if this object created it and keep() was not called.
  ~HostRecord();
  HostRecord(const HostRecord&) = delete;
  HostRecord& operator=(const HostRecord&) = delete;

  // A detached mount of the file: writable, nosuid, nodev, noexec, private propagation.
  int tree() const { return tree_.get(); }
  // Keeps the file. Call it when the container starts.
  void keep() { made_ = false; }

 private:
  Fd open_file(HostIds owner, const std::string& label);
  void remove();

  const std::string name_, path_;
  Fd directory_, tree_;
  bool made_ = false;
};

}  // namespace rind::hook
