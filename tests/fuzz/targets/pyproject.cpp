// pyproject.toml: whether a path is the package's own text. Lines: the path, then the file.
#include "helper/step/call_paths.h"
#include "tests/fuzz/property.h"

namespace rind::fuzz {

void fuzz_pyproject(std::string_view input) {
  const size_t end = std::min(input.find('\n'), input.size());
  std::string path(input.substr(0, end));
  const std::string text(input.substr(end));
  std::erase(path, '\0');  // no path has one
  const bool own = is_packages_own_text(text, path);
  require(own || text.find(path) == std::string::npos, "a path in the text is the package's");
  std::string escaped;
  for (const char c : path) {
    char hexadecimal[8];
    std::snprintf(hexadecimal, sizeof hexadecimal, "\\u%04x", static_cast<unsigned char>(c));
    escaped += static_cast<unsigned char>(c) < 0x80 ? std::string(hexadecimal) : std::string(1, c);
  }
  require(is_packages_own_text("x = \"" + escaped + "\"", path), "escapes hide no path");
  is_uvs_temporary(path);
}

}  // namespace rind::fuzz
