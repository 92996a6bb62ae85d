// Credentials in the sources and in their repository, out of the step's sight.
//
// The step sees a copy of each file with credentials, without them, mounted over the file. A mount
// stays on a file that is moved with its directory, and the file itself cannot be renamed, linked
// or removed. So the step that runs cannot reach the file. A later step could, at a place where
// nobody looks for credentials: so a file that a step moved loses its credentials for good.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "common/base/fd.h"
#include "helper/plan/file_credentials.h"
#include "helper/plan/plan.h"

namespace rind {

class CredentialCovers {
 public:
  explicit CredentialCovers(Plan& plan) : plan_(plan) {}
  // Calls finish() for the last time.
  ~CredentialCovers();
  CredentialCovers(const CredentialCovers&) = delete;
  CredentialCovers& operator=(const CredentialCovers&) = delete;

  // Adds a view to the plan for each file with credentials. places: directories in the step's trees
  // that have a `.git` or a HEAD. Call this when the step owns its trees, before it starts. Throws
  // Error.
  void add(const std::vector<std::string>& places);
  // Removes the credentials from files that the step moved. Call this when every process of the
  // step is dead, and again when its trees belong to the builder: before that, a builder without
  // CAP_DAC_OVERRIDE cannot write to them. Returns lines for people. Throws Error.
  enum class Call { kFirst, kLast };
  std::vector<std::string> finish(Call call);

 private:
  struct Covered {
    std::string path;
    std::string home;   // the project or git directory that made us look at the file
    std::string clean;  // the content without credentials
    Fd file;            // opened with O_PATH
    dev_t device;
    ino_t inode;
  };
  void add_project(const std::string& top);
  void add_git_directory(const std::string& path, unsigned depth, bool logs);
  void add(const Fd& directory, const std::string& path, const std::string& name,
           CredentialFile form);
  void watch(Fd held, const std::string& path, const std::string& clean);
  void cover(const std::string& path, std::string content, int64_t modified);
  bool is_found_again(const Covered& covered) const;

  Plan& plan_;
  std::vector<Covered> covered_;  // files that the step could move
  std::string home_;              // Covered::home of what is added
  uint64_t looked_ = 0;           // files
  uint64_t content_ = 0;          // bytes of all copies
};

}  // namespace rind
