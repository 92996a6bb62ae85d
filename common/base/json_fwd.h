// The name of the JSON type, for headers: <nlohmann/json.hpp> takes the compiler more than a
// second.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>

namespace rind {

using Json = nlohmann::json;
// A value that nobody changes any more: copies of its holder share it.
using SharedJson = std::shared_ptr<const Json>;

}  // namespace rind
