#include "helper/facts/links.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <deque>

#include "common/base/look.h"
#include "common/base/sys.h"
#include "common/base/text.h"

namespace rind {
namespace {

// Puts the components of `path` before `rest`.
void put_before(std::deque<std::string>& rest, const std::string& path) {
  std::vector<std::string> parts = split(path, '/');
  parts.erase(std::remove_if(parts.begin(), parts.end(),
                             [](const auto& part) { return part.empty() || part == "."; }),
              parts.end());
  rest.insert(rest.begin(), parts.begin(), parts.end());
}

}  // namespace

std::vector<Link> links_on_the_way(const std::string& path) {
  std::vector<Link> links;
  std::deque<std::string> rest;
  put_before(rest, path);
  std::string at;                   // canonical, "" for the root
  constexpr size_t kMaxLinks = 40;  // as the kernel (MAXSYMLINKS)
  while (!rest.empty() && links.size() < kMaxLinks) {
    const std::string part = rest.front();
    rest.pop_front();
    if (part == "..") {
      at = at.substr(0, at.empty() ? 0 : at.rfind('/'));
      continue;
    }
    const std::string next = at + "/" + part;
    struct stat st = {};
    if (!sys::try_lstat(next, st)) break;
    if (!S_ISLNK(st.st_mode)) {
      at = next;
      continue;
    }
    const std::string target = sys::read_link(AT_FDCWD, next);
    links.push_back({next, target});
    if (target[0] == '/') at.clear();
    put_before(rest, target);
  }
  return links;
}

}  // namespace rind
