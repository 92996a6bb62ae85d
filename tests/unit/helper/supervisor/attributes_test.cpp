#include "helper/supervisor/attributes.h"

#include <string>
#include <vector>

#include "tests/unit/support.h"

using namespace rind;

namespace {

struct Entry {
  unsigned tag, id;
};

std::string acl_of(const std::vector<Entry>& entries, unsigned version = 2) {
  std::string acl;
  const auto add = [&](unsigned value, int bytes) {
    for (int i = 0; i < bytes; ++i) acl += static_cast<char>(value >> (8 * i) & 0xff);
  };
  add(version, 4);
  for (const auto& [tag, id] : entries) {
    add(tag, 2);
    add(7, 2);
    add(id, 4);
  }
  return acl;
}

bool names_lease(const std::string& acl) {
  return acl_names(acl, [](uint32_t id) { return id == 61184; });
}

}  // namespace

TEST_CASE("attributes: an ACL that names a lease") {
  constexpr unsigned kOwner = 1, kUser = 2, kOwnersGroup = 4, kGroup = 8, kMask = 16, kOther = 32;
  constexpr unsigned kNobody = 0xffffffff;
  CHECK(names_lease(acl_of({{kOwner, kNobody}, {kUser, 61184}, {kOther, kNobody}})));
  CHECK(names_lease(acl_of({{kOwner, kNobody}, {kUser, 1}, {kGroup, 61184}})));
  CHECK_FALSE(names_lease(acl_of({{kOwner, kNobody}, {kUser, 1001}, {kMask, kNobody}})));
  CHECK_FALSE(names_lease(acl_of({})));
  // The number of an entry that has none means nothing.
  CHECK_FALSE(names_lease(acl_of({{kOwner, 61184}, {kOwnersGroup, 61184}, {kOther, 61184}})));
  // What is not understood may name anybody.
  CHECK(names_lease(acl_of({{kUser, 1001}}, 3)));
  CHECK(names_lease(acl_of({{kUser, 1001}}).substr(0, 9)));
  CHECK(names_lease(""));
}
