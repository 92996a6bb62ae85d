// The text of a front end's program.
#include "helper/step/query.h"
#include "helper/step/told_paths.h"
#include "tests/fuzz/property.h"

namespace rind::fuzz {

void fuzz_program_text(std::string_view input) {
  const std::string text(input);
  const ProgramText program = read_program(text);
  for (const auto& module : program.imports) {
    is_about_interpreter(module);
    files_of_module(module);
  }
  constexpr size_t kMostPaths = 64;
  const auto paths = paths_in(text);
  require(paths.size() <= kMostPaths, "paths are limited");
  for (const auto& path : paths) require(path.starts_with('/'), "paths are absolute");
}

}  // namespace rind::fuzz
