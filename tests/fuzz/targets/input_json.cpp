// input.json of a hook call.
#include "helper/step/hook_input.h"
#include "tests/fuzz/property.h"

namespace rind::fuzz {

void fuzz_input_json(std::string_view input) {
  std::map<std::string, std::string> directories;
  if (!accepts([&] { directories = directories_in_input(std::string(input), "input.json"); }))
    return;
  for (const auto& [name, path] : directories) {
    require(name.ends_with("_directory"), "only directories are taken");
    require(path.find('\0') == std::string::npos, "a path has no NUL");
  }
}

}  // namespace rind::fuzz
