// Names of artefacts, of the package and of any. Lines: the name, the package.
#include "helper/outputs/artefact_name.h"

#include "helper/step/distribution.h"
#include "tests/fuzz/property.h"

namespace rind::fuzz {

void fuzz_artefact_name(std::string_view input) {
  const auto lines = lines_of(input);
  const std::string name = line_at(lines, 0), package = line_at(lines, 1);
  for (const auto kind :
       {PlannedOutput::Kind::kWheel, PlannedOutput::Kind::kSdist, PlannedOutput::Kind::kMetadata}) {
    if (!accepts([&] { require_artefact_name(kind, name, package); })) continue;
    require(!name.empty() && name[0] != '.' && name[0] != '-',
            "no artefact is hidden, or an option");
    for (const char c : name) {
      const bool control = static_cast<unsigned char>(c) < 0x21 || c == 0x7f;
      require(!control && c != '/' && c != '\\', "an artefact is one plain name");
    }
    if (kind == PlannedOutput::Kind::kWheel) {
      require(is_wheel_of(name, package), "both say whose a wheel is");
    }
    const auto wanted = distribution_of(package);
    if (wanted)
      require(has_same_name({name.substr(0, wanted->name.size()), ""}, *wanted) ||
                  name.find('_') != std::string::npos || name.find('-') != std::string::npos ||
                  name.find('.') != std::string::npos,
              "an artefact has its package's name");
  }
}

}  // namespace rind::fuzz
