// The first bytes of a program.
#include "hook/kit/shebang.h"

#include "tests/fuzz/property.h"

namespace rind::fuzz {

void fuzz_shebang(std::string_view input) {
  using Kind = hook::ProgramStart::Kind;
  const auto start = hook::program_start(input);
  require(start.kind == Kind::kScript || start.interpreter.empty(),
          "a script alone has an interpreter");
  if (start.kind == Kind::kElf)
    require(input.starts_with("\x7f"
                              "ELF"),
            "ELF begins as ELF");
  if (start.kind != Kind::kScript) return;
  require(input.starts_with("#!"), "a script begins with #!");
  require(!start.interpreter.empty() &&
              start.interpreter.find_first_of(std::string(" \t\n\0", 4)) == std::string::npos,
          "an interpreter is one word");
  const std::string more = std::string(input.substr(0, hook::kStartBytes)) + "more";
  if (input.size() >= hook::kStartBytes)
    require(hook::program_start(more).interpreter == start.interpreter,
            "the kernel reads 256 bytes");
}

}  // namespace rind::fuzz
