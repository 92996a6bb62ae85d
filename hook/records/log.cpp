#include "hook/records/log.h"

#include <unistd.h>

#include "common/base/error.h"
#include "common/base/json.h"
#include "common/base/say.h"
#include "hook/records/asked.h"
#include "hook/records/provenance.h"
#include "hook/records/table.h"

namespace rind::hook {
namespace {

// Prints in blocks: a line a write would take longer than reading it.
class Output {
 public:
  void add(const std::string& text) {
    constexpr size_t kBlock = 64 * 1024;
    text_ += text;
    if (text_.size() >= kBlock) flush();
  }
  void flush() {
    print(text_);
    text_.clear();
  }

 private:
  std::string text_;
};

// The record's own keys, also those of later releases. ASCII: whoever wrote the line.
std::string as_json(const std::string& line) {
  constexpr bool kAscii = true;
  return parse_json(line, "a record").dump(-1, ' ', kAscii, Json::error_handler_t::replace) + "\n";
}

void print_table(const Selection& selection) {
  Table table(terminal_width());
  selection.for_each([&](const std::string&, const StepLine& step) { table.measure(step); });
  Output output;
  output.add(table.head());
  selection.for_each(
      [&](const std::string&, const StepLine& step) { output.add(table.row(step)); });
  output.flush();
}

}  // namespace

int log(const PolicyFiles& policy, const RecordsAsked& asked, LogFormat format) {
  const Selection selection = select(policy, asked);
  if (format != LogFormat::kTable) {
    Output output;
    selection.for_each([&](const std::string& line, const StepLine& step) {
      output.add(format == LogFormat::kJson ? as_json(line) : provenance_lines(step));
    });
    output.flush();
  } else if (selection.size() != 0) {
    print_table(selection);
  }
  return say_of(selection, asked);
}

}  // namespace rind::hook
