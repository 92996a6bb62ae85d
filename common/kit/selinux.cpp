#include "common/kit/selinux.h"

#include "common/base/text.h"

namespace rind::selinux {

std::string type_of(const std::string& context) {
  const auto fields = split(context, ':');
  constexpr size_t kFields = 4;
  return fields.size() < kFields ? std::string() : fields[2];
}

}  // namespace rind::selinux
