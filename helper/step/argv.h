// argv and envp for execve(2).
#pragma once

#include <string>
#include <vector>

namespace rind {

// Pointers into `strings`, which must outlive them, and the null pointer that ends the list.
inline std::vector<char*> argv_of(const std::vector<std::string>& strings) {
  std::vector<char*> out;
  out.reserve(strings.size() + 1);
  for (const auto& s : strings) out.push_back(const_cast<char*>(s.c_str()));
  out.push_back(nullptr);
  return out;
}

}  // namespace rind
