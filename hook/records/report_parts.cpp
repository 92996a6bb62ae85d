#include "hook/records/report_parts.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "common/base/text.h"
#include "hook/records/html.h"
#include "hook/records/times.h"

namespace rind::hook {
namespace {

constexpr int kLane = 1000;  // the width of a time line, in its own units

std::string class_of(BarKind kind, bool failed) {
  if (failed) return "bad";
  switch (kind) {
    case BarKind::kWheel:
      return "wheel";
    case BarKind::kSdist:
      return "sdist";
    case BarKind::kAsk:
      return "ask";
    case BarKind::kInstall:
      return "install";
    case BarKind::kOther:
      break;
  }
  return "other";
}

std::string plural(size_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::string tile(const std::string& value, const std::string& what, const std::string& kind = "") {
  return "<div class=\"tile" + (kind.empty() ? "" : " " + kind) + "\"><b>" + html_text(value) +
         "</b><span>" + html_text(what) + "</span></div>\n";
}

std::string name_of(const std::string& package) { return package.empty() ? "(none)" : package; }

// Two decimals, whatever the locale.
std::string decimal(double value) {
  const auto hundredths = static_cast<long long>(std::llround(value * 100));
  char text[32];
  std::snprintf(text, sizeof text, "%lld.%02lld", hundredths / 100, hundredths % 100);
  return text;
}

// A cell with a number that sorts, and a bar beneath it for its share of the largest one.
std::string amount(double value, double largest, const std::string& text,
                   const std::string& kind = "n") {
  std::string out =
      "<td class=\"" + kind + "\" data-v=\"" + decimal(value) + "\">" + html_text(text);
  if (value > 0 && largest > 0) {
    out +=
        "<svg class=\"amount\" viewBox=\"0 0 100 3\" preserveAspectRatio=\"none\" "
        "aria-hidden=\"true\"><rect width=\"" +
        decimal(std::min(value / largest, 1.0) * 100) + "\" height=\"3\"/></svg>";
  }
  return out + "</td>";
}

std::string bar_of(const ReportData::Bar& bar, const Sums& all) {
  constexpr double kLeast = 2;  // what can be seen, and hit
  const double span = static_cast<double>(std::max<int64_t>(all.end - all.start, 1));
  const double width = std::max(static_cast<double>(bar.end - bar.start) / span * kLane, kLeast);
  const double x =
      std::min(static_cast<double>(bar.start - all.start) / span * kLane, kLane - kLeast);
  return "<a href=\"#s" + std::to_string(bar.number) + "\" tabindex=\"-1\"><rect class=\"" +
         class_of(bar.kind, bar.failed) + "\" x=\"" + decimal(x) + "\" y=\"2\" width=\"" +
         decimal(std::min(width, kLane - x)) + "\" height=\"16\"><title>" + html_text(bar.label) +
         "</title></rect></a>";
}

// When: the clock alone where all is of one day.
std::string tick(int64_t time, const Sums& all) {
  const std::string text = time_text(time);
  constexpr size_t kDate = 11;
  const bool one_day = time_text(all.start).substr(0, kDate) == time_text(all.end).substr(0, kDate);
  return one_day ? text.substr(kDate) : text;
}

std::string ticks(const Sums& all) {
  constexpr int kTicks = 4;
  std::string out = "<span class=\"ticks\">";
  for (int i = 0; i <= kTicks; ++i) {
    out += "<span>" + tick(all.start + (all.end - all.start) * i / kTicks, all) + "</span>";
  }
  return out + "</span>";
}

std::string package_row(const ReportData::Package& package, const ReportData& data,
                        const Sums& largest) {
  const Sums& sums = package.sums;
  const std::string name = html_text(name_of(package.name));
  std::string out = std::string("<tr class=\"") + (sums.failed != 0 ? "bad" : "ok") +
                    "\" data-package=\"" + html_text(package.name) +
                    "\"><td class=\"name\"><a href=\"#s" +
                    std::to_string(package.bars.front().number) + "\" title=\"" + name + "\">" +
                    name + "</a></td><td class=\"line\" data-v=\"" + std::to_string(sums.start) +
                    "\"><svg class=\"lane\" viewBox=\"0 0 1000 20\" preserveAspectRatio=\"none\" "
                    "role=\"img\" aria-label=\"" +
                    plural(sums.steps, "step") + "\">";
  for (const auto& bar : package.bars) out += bar_of(bar, data.sums());
  out += "</svg></td>";
  out += amount(sums.duration, largest.duration, duration_text(sums.duration));
  out += amount(static_cast<double>(sums.peak), static_cast<double>(largest.peak),
                sums.peak == 0 ? "-" : size_text(sums.peak));
  out += amount(static_cast<double>(sums.written), static_cast<double>(largest.written),
                size_text(sums.written), "n wide");
  out += "<td class=\"n\" data-v=\"" + std::to_string(sums.steps) + "\">" +
         std::to_string(sums.steps) + "</td>";
  out +=
      "<td class=\"n\" data-v=\"" + std::to_string(sums.failed) + "\">" +
      (sums.failed == 0 ? "<span class=\"quiet\">0</span>"
                        : "<span class=\"pill bad\">" + std::to_string(sums.failed) + "</span>") +
      "</td></tr>\n";
  return out;
}

std::string pill(const std::string& text, const char* kind) {
  return std::string(" <span class=\"pill ") + kind + "\">" + html_text(text) + "</span>";
}

// What stands in the row for what was lost.
std::string pills(const StepLine& step) {
  std::string out;
  if (step.refused_network != 0) {
    out += pill(std::to_string(step.refused_network) + " refused on the network", "warn");
  }
  if (step.dropped_count != 0) out += pill(plural(step.dropped_count, "file") + " dropped", "warn");
  if (step.out_of_memory) out += pill("memory ran out", "bad");
  if (step.killed_by_seccomp) out += pill("killed by seccomp", "bad");
  return out;
}

// One line of the details; nothing where there is nothing to say.
std::string detail(const std::string& what, const std::string& html) {
  return html.empty() ? "" : "<dt>" + what + "</dt><dd>" + html + "</dd>";
}

std::string listed(const std::vector<std::string>& names, const char* between = ", ") {
  std::string out;
  for (const auto& name : names) {
    out += (out.empty() ? "" : between);
    out += html_text(name);
  }
  return out;
}

std::string outputs_of(const StepLine& step) {
  std::string out;
  for (const auto& output : step.outputs) {
    out +=
        (out.empty() ? "" : "<br>") + html_text(output.path) + " (" + size_text(output.size) + ")";
    if (!output.sha256.empty()) out += "<br><code>sha256:" + html_text(output.sha256) + "</code>";
  }
  return out;
}

std::string identity_of(const StepLine& step) {
  if (step.identity.empty()) return {};
  std::string out = html_text(step.identity) + ", uid " + std::to_string(step.uid);
  if (!step.identity_reason.empty()) out += ": " + html_text(step.identity_reason);
  return out;
}

std::string processor_of(const StepLine& step) {
  if (!step.user_time && !step.system_time) return {};
  return duration_text(step.user_time.value_or(0)) + " user, " +
         duration_text(step.system_time.value_or(0)) + " system";
}

std::string dropped_of(const StepLine& step) {
  std::string out = listed(step.dropped);
  if (step.dropped_count > step.dropped.size()) {
    out += " and " + std::to_string(step.dropped_count - step.dropped.size()) + " more";
  }
  return out;
}

std::string details_of(const StepLine& step) {
  return "<dl>" + detail("cause", step.failed() ? html_text(reason(step)) : "") +
         detail("outputs", outputs_of(step)) + detail("dropped", dropped_of(step)) +
         detail("variables withheld", listed(step.withheld)) +
         detail("without", listed(step.absent, "<br>")) + detail("processor", processor_of(step)) +
         detail("identity", identity_of(step)) + detail("network", html_text(step.network)) +
         detail("seccomp", html_text(step.seccomp)) +
         detail("namespaces", listed(step.namespaces)) + detail("rules", listed(step.rules)) +
         detail("program", html_text(step.program)) + detail("source", html_text(step.source)) +
         detail("container", html_text(step.container)) + detail("step", html_text(step.id)) +
         "</dl>";
}

std::string summary_of(const StepLine& step) {
  constexpr size_t kMost = 3;
  if (step.failed()) return reason(step).empty() ? "no cause is recorded" : html_text(reason(step));
  std::string out;
  for (size_t i = 0; i < std::min(step.outputs.size(), kMost); ++i) {
    out += (i == 0 ? "" : ", ") + html_text(base_name(step.outputs[i].path));
  }
  if (step.outputs.size() > kMost) {
    out += " and " + std::to_string(step.outputs.size() - kMost) + " more";
  }
  return out.empty() ? "<span class=\"quiet\">no output</span>" : out;
}

}  // namespace

std::string title_part(const ReportData& data) {
  const Sums& sums = data.sums();
  return "<title>Rind: " + plural(sums.steps, "step") +
         (sums.failed == 0 ? "" : ", " + std::to_string(sums.failed) + " failed") + "</title>";
}

std::string head_part(const ReportData& data) {
  const Sums& sums = data.sums();
  std::string out = "<h1>" + plural(sums.steps, "build step") + " of " +
                    plural(data.package_count(), "package") + "</h1>\n";
  if (sums.steps == 0)
    return out + "<p class=\"sub\">No step was asked for, or none was recorded.</p>\n";
  out += "<p class=\"sub\">" + time_text(sums.start) + " to " + time_text(sums.end) + " UTC, in " +
         plural(data.container_count(), "container") + "</p>\n<div class=\"tiles\">\n";
  out += sums.failed == 0 ? tile("0", "failed", "good")
                          : tile(std::to_string(sums.failed), "failed", "bad");
  out +=
      tile(duration_text(static_cast<double>(sums.end - sums.start) / 1000), "from first to last");
  out += tile(duration_text(sums.duration),
              "in steps, " + duration_text(sums.processor) + " of processors");
  out += tile(size_text(sums.peak), "in the largest process");
  out += tile(size_text(sums.written), "written");
  out += tile(std::to_string(sums.outputs), "outputs, " + size_text(sums.output_bytes));
  out += tile(std::to_string(sums.refused_network), "refused on the network");
  out += tile(std::to_string(sums.dropped), "files dropped");
  return out + "</div>\n";
}

std::string failed_part(const ReportData& data) {
  if (data.failures().empty()) return {};
  std::string out =
      "<section class=\"failed\" aria-labelledby=\"h-failed\">\n<h2 id=\"h-failed\">" +
      plural(data.sums().failed, "step") + " failed</h2>\n<ol>\n";
  for (const auto& failure : data.failures()) {
    const std::string why = reason(failure.step);
    out += "<li><div><a href=\"#s" + std::to_string(failure.number) + "\">" +
           html_text(name_of(failure.step.package)) + "</a><span class=\"step\">" +
           html_text(step_name(failure.step)) + ", after " + duration_text(failure.step.duration) +
           "</span></div><div><span class=\"pill bad\">" + html_text(verdict(failure.step)) +
           "</span></div>";
    out += why.empty() ? "<p class=\"none\">No cause is recorded; the step's own output has it.</p>"
                       : "<p>" + html_text(why) + "</p>";
    out += "</li>\n";
  }
  out += "</ol>\n";
  if (data.sums().failed > data.failures().size()) {
    out += "<p>and " + std::to_string(data.sums().failed - data.failures().size()) +
           " more, in the table of steps</p>\n";
  }
  return out + "</section>\n";
}

std::string packages_part(const ReportData& data) {
  if (data.sums().steps == 0) return {};
  const auto packages = data.packages();
  Sums largest;
  for (const auto& package : packages) {
    largest.duration = std::max(largest.duration, package.sums.duration);
    largest.peak = std::max(largest.peak, package.sums.peak);
    largest.written = std::max(largest.written, package.sums.written);
  }
  std::string out = "<thead><tr><th>Package</th><th data-up=\"1\">" + ticks(data.sums()) +
                    "</th><th class=\"n\">Time</th><th class=\"n\">Peak memory</th><th class=\"n "
                    "wide\">Written</th>"
                    "<th class=\"n\">Steps</th><th class=\"n\">Failed</th></tr></thead>\n<tbody>\n";
  for (const auto& package : packages) out += package_row(package, data, largest);
  return out + "</tbody>";
}

std::string step_row(const StepLine& step, size_t number, const Sums& all) {
  const bool failed = step.failed();
  std::string out =
      "<tr id=\"s" + std::to_string(number) + "\" class=\"" + (failed ? "bad" : "ok") +
      "\" data-package=\"" + html_text(step.package) + "\"><td class=\"n quiet\" data-v=\"" +
      std::to_string(step.start) + "\">" + tick(step.start, all) + "</td><td class=\"pkg\">" +
      html_text(name_of(step.package)) + "</td><td>" + html_text(step_name(step)) + "</td>";
  out += amount(step.duration, 0, duration_text(step.duration));
  out += amount(static_cast<double>(step.peak_memory.value_or(0)), 0,
                step.peak_memory ? size_text(*step.peak_memory) : "-");
  out += amount(static_cast<double>(step.written.value_or(0)), 0,
                step.written ? size_text(*step.written) : "-", "n wide");
  out += "<td class=\"out\">" +
         (failed ? "<span class=\"pill bad\">" + html_text(verdict(step)) + "</span>" : "ok") +
         "</td><td class=\"more\"><details><summary>" + summary_of(step) + pills(step) +
         "</summary>" + details_of(step) + "</details></td></tr>\n";
  return out;
}

}  // namespace rind::hook
