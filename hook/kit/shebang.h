// How the kernel starts a file, by its first bytes (fs/binfmt_script.c, fs/exec.c).
#pragma once

#include <string>
#include <string_view>

namespace rind::hook {

// What the kernel looks at (BINPRM_BUF_SIZE), and how many interpreters it goes through.
inline constexpr size_t kStartBytes = 256;
inline constexpr int kInterpreterDepth = 5;

struct ProgramStart {
  enum class Kind { kElf, kScript, kOther } kind = Kind::kOther;
  std::string interpreter;  // of a script: as it stands there, absolute or relative
};

// bytes: the first kStartBytes of the file, or all where it has less. Pure.
ProgramStart program_start(std::string_view bytes);

}  // namespace rind::hook
