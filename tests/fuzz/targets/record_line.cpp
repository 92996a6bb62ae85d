// A line of a record, which the container's user may have written.
#include "hook/records/html.h"
#include "hook/records/report_data.h"
#include "hook/records/report_parts.h"
#include "hook/records/step_line.h"
#include "hook/records/times.h"
#include "tests/fuzz/property.h"

namespace rind::fuzz {

void fuzz_record_line(std::string_view input) {
  const auto step = hook::parse_step_line(std::string(input));
  if (!step) return;
  require(step->start <= step->end, "a step ends after its start");
  hook::ReportData data;
  data.add(*step);
  for (const auto& text : {hook::title_part(data), hook::head_part(data), hook::failed_part(data),
                           hook::packages_part(data), hook::step_row(*step, 1, data.sums())}) {
    require(text.find("<script") == std::string::npos, "no text of a record is a tag");
  }
  for (const auto& text : {hook::step_name(*step), hook::verdict(*step), hook::reason(*step)}) {
    require(hook::html_text(text).find_first_of("<>") == std::string::npos, "text is text");
  }
}

}  // namespace rind::fuzz
