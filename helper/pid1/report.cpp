#include "helper/pid1/report.h"

#include <sys/wait.h>

#include <cstring>
#include <string>

#include "common/base/exec_error.h"
#include "common/base/sys.h"

namespace rind {
namespace {

// A message: one byte for its kind, two bytes for the length of its payload, and the payload.
// Strings end with NUL.
enum Kind : char { kEnd = 'S', kExec = 'X', kError = 'E', kNote = 'N' };

void write_message(int pipe, Kind kind, const std::string& payload) {
  const auto length = static_cast<uint16_t>(payload.size());
  std::string message(1, kind);
  message.append(reinterpret_cast<const char*>(&length), sizeof length);
  message += payload;
  sys::write_all(pipe, message, "the report");
}

template <typename T>
std::string bytes_of(const T& value) {
  return std::string(reinterpret_cast<const char*>(&value), sizeof value);
}

Error damaged() {
  return Error("run the step", "the report of the step's pid 1 is damaged",
               "look in the kernel's log for a process that was killed or crashed: dmesg");
}

template <typename T>
T value_in(const std::string& payload) {
  T value = {};
  if (payload.size() != sizeof value) throw damaged();
  std::memcpy(&value, payload.data(), sizeof value);
  return value;
}

std::string take_string(const std::string& payload, size_t& at) {
  const size_t end = payload.find('\0', at);
  if (end == std::string::npos) throw damaged();
  std::string text = payload.substr(at, end - at);
  at = end + 1;
  return text;
}

[[noreturn]] void throw_error(const std::string& payload) {
  size_t at = 0;
  const std::string what = take_string(payload, at);
  const std::string why = take_string(payload, at);
  throw Error(what, why, take_string(payload, at));
}

struct Message {
  char kind = 0;
  std::string payload;
};

// Reads the message at `at`, and moves `at` behind it.
Message take_message(const std::string& text, size_t& at) {
  uint16_t length = 0;
  constexpr size_t kHead = 1 + sizeof length;
  if (text.size() - at < kHead) throw damaged();
  std::memcpy(&length, text.data() + at + 1, sizeof length);
  if (text.size() - at - kHead < length) throw damaged();
  Message message = {text[at], text.substr(at + kHead, length)};
  at += kHead + length;
  return message;
}

}  // namespace

void report_end(int pipe, const StepEnd& end) { write_message(pipe, kEnd, bytes_of(end)); }
void report_exec_failure(int pipe, int code) { write_message(pipe, kExec, bytes_of(code)); }

void report_error(int pipe, const Error& error) {
  // The smallest pipe is one page; the error and the notes must fit into it.
  constexpr size_t kLongest = 900;
  std::string payload;
  for (const std::string& text : {error.subject(), error.why(), error.remedy()}) {
    payload += text.substr(0, kLongest);
    payload += '\0';
  }
  write_message(pipe, kError, payload);
}

void report_notes(int pipe, const Notes& notes) {
  constexpr size_t kMost = 4, kLongest = 240;
  const size_t named = notes.size() > kMost ? kMost - 1 : notes.size();
  for (size_t i = 0; i < named; ++i) write_message(pipe, kNote, notes[i].substr(0, kLongest));
  const size_t more = notes.size() - named;
  if (more != 0) write_message(pipe, kNote, std::to_string(more) + " more that are not named here");
}

StepEnd read_report(int pipe, const std::string& command, int pid1_status, Notes& notes) {
  constexpr size_t kReportLimit = 64 * 1024;
  const std::string text = sys::read_all(pipe, kReportLimit, "the report");
  for (size_t at = 0; at < text.size();) {
    const Message message = take_message(text, at);
    if (message.kind == kNote) notes.push_back(message.payload);
    if (message.kind == kEnd) return value_in<StepEnd>(message.payload);
    if (message.kind == kExec) throw ExecError(command, value_in<int>(message.payload));
    if (message.kind == kError) throw_error(message.payload);
  }
  if (WIFSIGNALED(pid1_status)) return {pid1_status, 0, false, {}};
  throw Error("run the step", "the step's pid 1 ended without a report",
              "look in the kernel's log for a process that was killed for memory: dmesg; give the "
              "container more memory");
}

}  // namespace rind
