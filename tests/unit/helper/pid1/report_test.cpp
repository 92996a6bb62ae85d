#include "helper/pid1/report.h"

#include "common/base/sys.h"
#include "tests/unit/support.h"

using namespace rind;

namespace {

// What the supervisor reads of these.
Notes reported(const Notes& notes) {
  sys::Pipe pipe = sys::make_pipe();
  report_notes(pipe.write_end.get(), notes);
  report_end(pipe.write_end.get(), {});
  pipe.write_end.reset();
  Notes read;
  CHECK(read_report(pipe.read_end.get(), "true", 0, read).status == 0);
  return read;
}

}  // namespace

TEST_CASE("report: notes beyond those that it has room for are counted") {
  CHECK(reported({}) == Notes{});
  CHECK(reported({"a", "b", "c", "d"}) == Notes{"a", "b", "c", "d"});
  CHECK(reported({"a", "b", "c", "d", "e", "f"}) ==
        Notes{"a", "b", "c", "3 more that are not named here"});
}
