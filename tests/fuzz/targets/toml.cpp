// The engines' configuration.
#include "hook/check/check_toml.h"
#include "tests/fuzz/property.h"

namespace rind::fuzz {

void fuzz_toml(std::string_view input) {
  const std::string text(input);
  accepts([&] { hook::toml_string(text, "crio.conf", "crio.runtime", "hooks_dir"); });
  hook::LayeredList list({"/default"});
  accepts([&] {
    list.lay_over(text, "containers.conf", "engine", "hooks_dir");
    require(list.values().empty() || !list.values()[0].empty() || !text.empty(),
            "a list is the file's");
    list.lay_over(text, "again", "engine", "hooks_dir");
  });
}

}  // namespace rind::fuzz
