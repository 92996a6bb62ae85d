#include "helper/trace/failed_call.h"

#include <array>
#include <cstdlib>

namespace rind {

std::string encode(const FailedCall& failed) {
  std::string text(1, static_cast<char>(failed.want));
  for (const std::string& field :
       {std::to_string(failed.code), failed.call, failed.path, failed.other}) {
    text += field;
    text += '\0';
  }
  return text;
}

std::vector<FailedCall> decode_calls(const std::string& text) {
  constexpr size_t kFields = 4;
  std::vector<FailedCall> calls;
  for (size_t at = 0; at < text.size();) {
    const auto want = static_cast<FailedCall::Want>(text[at++]);
    std::array<std::string, kFields> fields;
    for (auto& field : fields) {
      const size_t end = text.find('\0', at);
      if (end == std::string::npos) return calls;
      field = text.substr(at, end - at);
      at = end + 1;
    }
    calls.push_back({want, std::atoi(fields[0].c_str()), fields[1], fields[2], fields[3]});
  }
  return calls;
}

}  // namespace rind
