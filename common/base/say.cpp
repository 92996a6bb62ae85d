#include "common/base/say.h"

#include <unistd.h>

#include "common/base/sys.h"

namespace rind {

void say(const std::string& line) {
  const std::string text = "rind: " + line + "\n";
  [[maybe_unused]] const ssize_t n = ::write(STDERR_FILENO, text.data(), text.size());
}

void print(const std::string& text) { sys::write_all(STDOUT_FILENO, text, "standard output"); }

}  // namespace rind
