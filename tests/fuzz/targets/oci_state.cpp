// The runtime's state on the hook's standard input.
#include <sys/mman.h>
#include <unistd.h>

#include "common/base/sys.h"
#include "hook/decide/state.h"
#include "tests/fuzz/property.h"

namespace rind::fuzz {

void fuzz_oci_state(std::string_view input) {
  static const Fd file(::memfd_create("state", MFD_CLOEXEC));
  const auto read = [](std::string_view text) {
    require(::ftruncate(file.get(), 0) == 0 && ::lseek(file.get(), 0, SEEK_SET) == 0, "a memfd");
    sys::write_all(file.get(), std::string(text), "memfd");
    require(::lseek(file.get(), 0, SEEK_SET) == 0, "a memfd");
    return hook::read_state(file.get());
  };
  hook::State state;
  if (!accepts([&] { state = read(input); })) return;
  require(state.bundle.starts_with('/'), "a bundle is absolute");
  require(state.pid > 0, "a pid is positive");
  require(state.text == input, "the text is kept");
  const hook::State again = read(state.text);
  require(again.pid == state.pid && again.bundle == state.bundle && again.id == state.id &&
              again.annotations == state.annotations,
          "a state says the same when it is read again");
}

}  // namespace rind::fuzz
