#include "helper/report.h"

#include <sys/wait.h>

#include <cstring>
#include <string>

#include "common/sys.h"
#include "helper/sandbox.h"

namespace rind {
namespace {

// One byte for the kind, then an int or three strings, each ended by NUL.
enum Kind : char { kStatus = 'S', kExec = 'X', kError = 'E' };

void write_number(int pipe, Kind kind, int number) {
  std::string message(1, kind);
  message.append(reinterpret_cast<const char*>(&number), sizeof number);
  sys::write_all(pipe, message, "the report");
}

int number_in(const std::string& message) {
  int number = 0;
  if (message.size() != 1 + sizeof number) throw Error("run the step", "its report is damaged");
  std::memcpy(&number, message.data() + 1, sizeof number);
  return number;
}

std::string take_string(const std::string& message, size_t& at) {
  const size_t end = message.find('\0', at);
  if (end == std::string::npos) throw Error("run the step", "its report is damaged");
  std::string text = message.substr(at, end - at);
  at = end + 1;
  return text;
}

}  // namespace

void report_status(int pipe, int wait_status) { write_number(pipe, kStatus, wait_status); }
void report_exec_failure(int pipe, int code) { write_number(pipe, kExec, code); }

void report_error(int pipe, const Error& error) {
  std::string message(1, kError);
  // Nobody reads before pid 1 has ended: the message must fit into the smallest pipe (a page).
  constexpr size_t kLongest = 1200;
  for (const std::string& text : {error.subject(), error.why(), error.remedy()}) {
    message += text.substr(0, kLongest);
    message += '\0';
  }
  sys::write_all(pipe, message, "the report");
}

int read_report(int pipe, const std::string& command, int pid1_status) {
  constexpr size_t kReportLimit = 64 * 1024;
  const std::string message = sys::read_all(pipe, kReportLimit, "the report");
  if (message.empty()) {
    if (WIFSIGNALED(pid1_status)) return pid1_status;
    throw Error("run the step", "its pid 1 ended without a word");
  }
  if (message[0] == kStatus) return number_in(message);
  if (message[0] == kExec) throw ExecError(command, number_in(message));
  size_t at = 1;
  const std::string what = take_string(message, at);
  const std::string why = take_string(message, at);
  throw Error(what, why, take_string(message, at));
}

}  // namespace rind
