// The parts of a report's page that are made of records; the rest is report.html.
#pragma once

#include <string>

#include "hook/records/report_data.h"
#include "hook/records/step_line.h"

namespace rind::hook {

// Each returns HTML in which every text of a record is html_text(). Pure.

std::string title_part(const ReportData& data);
// The headline, and tiles with the sums.
std::string head_part(const ReportData& data);
// The failed steps, each with its cause; "" where none failed.
std::string failed_part(const ReportData& data);
// The table of packages: a row each, with its time line.
std::string packages_part(const ReportData& data);
// A row of the table of steps. number: from 1.
std::string step_row(const StepLine& step, size_t number, const Sums& all);

}  // namespace rind::hook
