#include "common/base/path_search.h"

#include "tests/unit/support.h"

using namespace rind;

TEST_CASE("path search: as execvp(3), an empty element is the working directory") {
  using Paths = std::vector<std::string>;
  CHECK(search_candidates("cc", "/a:/b") == Paths{"/a/cc", "/b/cc"});
  CHECK(search_candidates("cc", ":b:") == Paths{"./cc", "b/cc", "./cc"});
  CHECK(search_candidates("cc", "") == Paths{"./cc"});
  CHECK(search_candidates("./cc", "/a") == Paths{"./cc"});
  CHECK(search_candidates("/x/cc", "/a") == Paths{"/x/cc"});
}
