// How the kernel executes a file, according to its first bytes (fs/binfmt_script.c, fs/exec.c).
#pragma once

#include <string>
#include <string_view>

namespace rind::hook {

// The number of bytes that the kernel reads (BINPRM_BUF_SIZE), and its limit of nested
// interpreters.
inline constexpr size_t kStartBytes = 256;
inline constexpr int kInterpreterDepth = 5;

struct ProgramStart {
  enum class Kind { kElf, kScript, kOther } kind = Kind::kOther;
  std::string interpreter;  // of a script: the path in its first line, absolute or relative
};

// bytes: the first kStartBytes of the file, or the whole file if it is shorter. Pure.
ProgramStart program_start(std::string_view bytes);

}  // namespace rind::hook
