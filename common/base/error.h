// Errors that a person can act on: what failed, why, and what to do about it.
//
// Functions below main throw; main prints one line and chooses the exit status. A refusal (policy
// or safety) and a failed system call look the same to the person who reads the line.
#pragma once

#include <exception>
#include <string>

namespace rind {

// An error as one line, "what: why; remedy". A hostile name may contain control characters; they
// are escaped, so that the line stays one line.
class Error : public std::exception {
 public:
  // what: the action that failed, e.g. "open /etc/x". why: the cause. remedy: what the reader can
  // do; empty when nothing helps.
  Error(std::string what, std::string why, std::string remedy = {});

  const char* what() const noexcept override { return line_.c_str(); }
  const std::string& subject() const { return what_; }
  const std::string& why() const { return why_; }
  const std::string& remedy() const { return remedy_; }

 private:
  std::string what_, why_, remedy_, line_;
};

// A system call that failed. `code` is its errno, for callers that tolerate a named value.
class SysError : public Error {
 public:
  SysError(const std::string& operation, const std::string& object, int code);
  int code() const { return code_; }

 private:
  int code_;
};

// Throws SysError for the current errno.
[[noreturn]] void throw_errno(const std::string& operation, const std::string& object = {});

// `text` with control characters, bytes that are not UTF-8, and backslashes written as \xHH: it
// stays on one line and cannot imitate another message.
std::string printable(const std::string& text);

}  // namespace rind
