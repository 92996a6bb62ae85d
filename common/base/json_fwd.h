// Declares the JSON type for headers: compiling <nlohmann/json.hpp> takes more than a second.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>

namespace rind {

using Json = nlohmann::json;
// An immutable value: copies of its holder share it.
using SharedJson = std::shared_ptr<const Json>;

}  // namespace rind
