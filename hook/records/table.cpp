#include "hook/records/table.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>

#include "common/base/error.h"
#include "common/base/text.h"
#include "common/base/utf8.h"
#include "hook/records/times.h"

namespace rind::hook {
namespace {

constexpr size_t kStart = 19, kDuration = 11, kPeak = 8, kOutcome = 10;
constexpr const char* kEllipsis = "\xe2\x80\xa6";

// The blocks of wide characters that names have; not each one of Unicode's.
bool is_wide(uint32_t code) {
  static constexpr uint32_t kWide[][2] = {{0x1100, 0x115f}, {0x2e80, 0xa4cf},   {0xac00, 0xd7a3},
                                          {0xf900, 0xfaff}, {0xfe30, 0xfe6f},   {0xff00, 0xff60},
                                          {0xffe0, 0xffe6}, {0x1f300, 0x1faff}, {0x20000, 0x3fffd}};
  return std::any_of(std::begin(kWide), std::end(kWide),
                     [&](const auto& block) { return code >= block[0] && code <= block[1]; });
}

std::string padded(const std::string& text, size_t columns, bool right = false) {
  const size_t has = columns_of(text);
  const std::string room(has < columns ? columns - has : 0, ' ');
  return right ? room + text : text + room;
}

std::string or_dash(const std::string& text) { return text.empty() ? "-" : printable(text); }

// What a person looks for: of a failed step why, of another one what it made, or lost.
std::string last_cell(const StepLine& step) {
  if (step.failed()) return printable(reason(step));
  std::string out;
  for (const auto& output : step.outputs) {
    out += (out.empty() ? "" : ", ") + printable(base_name(output.path)) + " (" +
           size_text(output.size) + ")";
  }
  if (step.dropped_count != 0) {
    out += (out.empty() ? "" : "; ") + std::to_string(step.dropped_count) + " files dropped";
  }
  return out;
}

}  // namespace

size_t columns_of(const std::string& text) {
  size_t columns = 0;
  for (size_t at = 0; at < text.size();) {
    const Utf8Character c = utf8_at(text, at);
    columns += c.length != 0 && is_wide(c.code) ? 2 : 1;
    at += std::max<size_t>(c.length, 1);
  }
  return columns;
}

std::string shortened(const std::string& text, size_t columns) {
  if (columns_of(text) <= columns) return text;
  size_t used = 1, at = 0;  // 1: the ellipsis
  while (at < text.size()) {
    const Utf8Character c = utf8_at(text, at);
    const size_t more = c.length != 0 && is_wide(c.code) ? 2 : 1;
    if (used + more > columns) break;
    used += more;
    at += std::max<size_t>(c.length, 1);
  }
  return columns == 0 ? "" : text.substr(0, at) + kEllipsis;
}

void Table::measure(const StepLine& step) {
  constexpr size_t kMostPackage = 28, kMostStep = 26;
  const size_t package = columns_of(or_dash(step.package));
  const size_t name = columns_of(or_dash(step_name(step)));
  package_ = std::max(package_, width_ == 0 ? package : std::min(package, kMostPackage));
  step_ = std::max(step_, width_ == 0 ? name : std::min(name, kMostStep));
}

std::string Table::line(const std::string (&cells)[7]) const {
  const auto cut = [&](const std::string& text, size_t columns) {
    return width_ == 0 ? text : shortened(text, columns);
  };
  std::string out =
      padded(cells[0], kStart) + "  " + padded(cells[1], kDuration, true) + "  " +
      padded(cells[2], kPeak, true) + "  " + padded(cut(cells[3], package_), package_) + "  " +
      padded(cut(cells[4], step_), step_) + "  " + padded(cells[5], kOutcome) + "  " + cells[6];
  if (width_ != 0) out = shortened(out, width_);
  out.erase(out.find_last_not_of(' ') + 1);
  return out + "\n";
}

std::string Table::head() const {
  return line(
      {"START (UTC)", "DURATION", "PEAK", "PACKAGE", "STEP", "OUTCOME", "CAUSE OR OUTPUTS"});
}

std::string Table::row(const StepLine& step) const {
  return line({time_text(step.start), duration_text(step.duration),
               step.peak_memory ? size_text(*step.peak_memory) : "-", or_dash(step.package),
               or_dash(step_name(step)), verdict(step), last_cell(step)});
}

size_t terminal_width() {
  struct winsize size = {};
  constexpr size_t kLeast = 40;
  if (::isatty(STDOUT_FILENO) == 0) return 0;
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 0;
  return std::max<size_t>(size.ws_col, kLeast);
}

}  // namespace rind::hook
