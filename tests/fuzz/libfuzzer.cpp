// libFuzzer's entry. The environment variable RIND_FUZZ_TARGET names the target.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "tests/fuzz/targets.h"

namespace {

const rind::fuzz::Target& chosen_target() {
  const char* name = std::getenv("RIND_FUZZ_TARGET");
  for (const auto& target : rind::fuzz::all_targets()) {
    if (name != nullptr && std::strcmp(target.name, name) == 0) return target;
  }
  std::fprintf(stderr, "RIND_FUZZ_TARGET names no target: see tests/fuzzing --list\n");
  std::exit(2);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  static const rind::fuzz::Target& target = chosen_target();
  target.run({reinterpret_cast<const char*>(bytes), size});
  return 0;
}
