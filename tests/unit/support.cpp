#include "tests/unit/support.h"

namespace rind::test {

Json default_document() { return read_json_file(RIND_SOURCE_POLICY, kPolicyLimit); }

}  // namespace rind::test
