#include <fcntl.h>
#include <unistd.h>

#include <ctime>

#include "common/base/error.h"
#include "common/base/fd.h"
#include "common/base/sys.h"
#include "hook/paths.h"
#include "hook/records/asked.h"
#include "hook/records/html.h"
#include "hook/records/log.h"
#include "hook/records/report_parts.h"
#include "hook/records/report_template.h"
#include "hook/records/times.h"

namespace rind::hook {
namespace {

constexpr const char* kWhat = "write a report";
// A browser shows so many; more are nobody's overview.
constexpr size_t kMostSteps = 100'000;

// The text between `begin` and `end` in the template.
std::string between(const std::string& text, const std::string& begin, const std::string& end) {
  const size_t from = text.find(begin) + begin.size();
  return text.substr(from, text.find(end, from) - from);
}

// Nothing is loaded, and only the page's own code runs, whatever a record says.
std::string policy_part(const std::string& page) {
  return "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; base-uri "
         "'none'; form-action 'none'; style-src " +
         csp_hash(between(page, "<style>", "</style>")) + "; script-src " +
         csp_hash(between(page, "<script>", "</script>")) + "\">";
}

class Page {
 public:
  Page(const Selection& selection, int file, const std::string& name)
      : selection_(selection), file_(file), name_(name) {
    selection_.for_each([&](const std::string&, const StepLine& step) { data_.add(step); });
  }

  void write() {
    const std::string page = kReportTemplate, begin = "<!--rind:", end = "-->";
    size_t at = 0;
    for (size_t mark = 0; (mark = page.find(begin, at)) != std::string::npos;) {
      put(page.substr(at, mark - at));
      const size_t name = mark + begin.size(), close = page.find(end, name);
      put_part(page.substr(name, close - name), page);
      at = close + end.size();
    }
    put(page.substr(at));
    flush();
  }

 private:
  void put_part(const std::string& name, const std::string& page) {
    if (name == "csp") put(policy_part(page));
    if (name == "title") put(title_part(data_));
    if (name == "head") put(head_part(data_));
    if (name == "failed") put(failed_part(data_));
    if (name == "packages") put(packages_part(data_));
    if (name == "steps") put_steps();
    if (name == "foot") put_foot();
  }

  void put_steps() {
    size_t number = 0;
    put("<tbody>\n");
    selection_.for_each([&](const std::string&, const StepLine& step) {
      put(step_row(step, ++number, data_.sums()));
    });
    put("</tbody>");
  }

  void put_foot() {
    put("<p>Written by rind-hook " RIND_VERSION " at " +
        time_text(static_cast<int64_t>(std::time(nullptr)) * 1000) + " UTC.");
    if (selection_.damaged() != 0) {
      put(" Left out: " + std::to_string(selection_.damaged()) + " lines that are no records.");
    }
    put(" Peak memory is that of a step's largest process. Written is what went to file systems "
        "with "
        "a disk behind them.</p>");
  }

  void put(const std::string& text) {
    constexpr size_t kBlock = 256 * 1024;
    text_ += text;
    if (text_.size() >= kBlock) flush();
  }
  void flush() {
    sys::write_all(file_, text_, name_);
    text_.clear();
  }

  const Selection& selection_;
  const int file_;
  const std::string name_;
  ReportData data_;
  std::string text_;
};

}  // namespace

int report(const PolicyFiles& policy, const RecordsAsked& asked, const std::string& output) {
  if (output.empty() && ::isatty(STDOUT_FILENO) != 0) {
    throw Error(kWhat, "standard output is a terminal", "name a file: -o report.html");
  }
  const Selection selection = select(policy, asked);
  if (selection.size() > kMostSteps) {
    throw Error(kWhat, std::to_string(selection.size()) + " steps are too many for a page",
                "choose fewer, by --since, --package or --failed");
  }
  constexpr mode_t kMode = 0666;  // the umask says who may read it
  Fd file;
  if (!output.empty()) file = sys::open(AT_FDCWD, output, O_WRONLY | O_CREAT | O_TRUNC, kMode);
  Page(selection, file ? file.get() : STDOUT_FILENO, output.empty() ? "standard output" : output)
      .write();
  return say_of(selection, asked);
}

}  // namespace rind::hook
