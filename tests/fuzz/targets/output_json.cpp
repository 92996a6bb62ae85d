// output.json, which a step wrote, and the name of the artefact in it.
#include "common/base/json.h"
#include "helper/outputs/artefact_name.h"
#include "tests/fuzz/property.h"

namespace rind::fuzz {

void fuzz_output_json(std::string_view input) {
  std::string name;
  if (!accepts([&] { name = named_result(std::string(input), "output.json"); })) return;
  // Rind writes the file again, for the front end's parser.
  const std::string again = Json{{"return_val", name}}.dump();
  require(named_result(again, "output.json") == name, "a written result is the result");
  for (const auto kind :
       {PlannedOutput::Kind::kWheel, PlannedOutput::Kind::kSdist, PlannedOutput::Kind::kMetadata}) {
    if (!accepts([&] { require_artefact_name(kind, name, "a-1"); })) continue;
    require(name.find('/') == std::string::npos && name.find('\0') == std::string::npos,
            "an artefact is one name");
  }
}

}  // namespace rind::fuzz
