// The file on the host in which a container's steps leave their records.
//
// Contract: made before the container's mount namespace is joined, with CAP_CHOWN where the
// container's user is not the hook's. The directory is the operator's and is checked to be: nobody
// but its owner may put anything there. The file is the container's user's, who may write in it
// what it likes and chmod it as it likes: so nobody else may enter the directory, or a container
// could leave a setuid program on the host.
#pragma once

#include <string>

#include "common/base/fd.h"
#include "hook/decide/decide.h"

namespace rind::hook {

// Throws Error, with its remedy, when the hook would refuse to make records in `directory`: it is
// not there, is reached through a symlink, belongs to another user than the caller, or is open to
// others.
void require_record_directory(const std::string& directory);

class HostRecord {
 public:
  // directory: absolute, without symlinks. name: of the file in it, made when it is not there (mode
  // 0600), used again when it is as it was made. owner: the container's user. label: of
  // hook/container/selinux.h; a file that is made gets it, so that this container may write it and
  // no other. Throws Error.
  HostRecord(const std::string& directory, const std::string& name, HostIds owner,
             const std::string& label);
  // Removes the file again that this object made, unless keep() was called.
  ~HostRecord();
  HostRecord(const HostRecord&) = delete;
  HostRecord& operator=(const HostRecord&) = delete;

  // A detached mount of the one file: writable, nosuid, nodev, noexec, shared with nobody.
  int tree() const { return tree_.get(); }
  // The container starts: the file outlives it.
  void keep() { made_ = false; }

 private:
  Fd open_file(HostIds owner, const std::string& label);
  void remove();

  const std::string name_, path_;
  Fd directory_, tree_;
  bool made_ = false;
};

}  // namespace rind::hook
