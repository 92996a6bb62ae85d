// A file or link that is made as a whole before it takes the place of another one, by a rename. So
// nobody sees half of it, and a kill leaves the old one.
#pragma once

#include <string>

#include "common/base/fd.h"

namespace rind {

class NewFile {
 public:
  // An empty file of mode 0600, without a name where the file system can do that. directory: open,
  // must stay open. Throws SysError.
  explicit NewFile(int directory);
  // A link to `target`.
  NewFile(int directory, const std::string& target);
  // Another name for the file that `held` (O_PATH) holds.
  static NewFile link_to(int directory, int held);
  // Removes what did not get its place.
  ~NewFile();
  NewFile(NewFile&& other) noexcept;
  NewFile& operator=(NewFile&&) = delete;
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  // Open for reading and writing; O_PATH for a link. Of link_to(): -1.
  int held() const { return held_.get(); }
  // Gives it the name `name`; what has that name is removed. Throws SysError.
  void put(const std::string& name);

 private:
  NewFile(int directory, Fd held, std::string name);
  int directory_;
  Fd held_;
  std::string name_;  // until it has its place; "" for none
};

}  // namespace rind
