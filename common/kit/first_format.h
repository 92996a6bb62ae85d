// What the helper's first stage reads (helper/first_stage): /dev/rind/first.
//
// Strings that end with a zero byte: the format's name and version, then entries, each with a tag
// as its first byte:
//
//   s PATH     a covered interpreter, and in the next entry
//   o PATH     its original
//   e PATTERN  an environment of the image's own. A component is a name or `*`
//
// The first stage runs before glibc's start, so this is plainer than the flat kit, and this header
// includes nothing of the library.
#pragma once

namespace rind::kit {

inline constexpr const char* kFirst = "/dev/rind/first";
inline constexpr char kFirstFormat[] = "rind-first 1";
// Longer files are not written, and not read.
inline constexpr unsigned kFirstLimit = 16 * 1024;

}  // namespace rind::kit
