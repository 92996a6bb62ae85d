#include "hook/log/log.h"

#include <syslog.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/base/remedy.h"
#include "hook/log/container_label.h"
#include "hook/log/refusals.h"

namespace rind::hook {
namespace {

// The remedy for errors without one, such as a system call that failed.
constexpr const char* kGeneralRemedy = "run rind-hook check on this host";

}  // namespace

void Log::name_container(const State& state) {
  id_ = state.id;
  name_ = name_by_annotations(state.annotations);
  paths_.push_back(state.bundle);
}

void Log::name_container(const Config& config) {
  if (name_.empty()) name_ = name_by_annotations(config.annotations);
  for (const auto& mount : config.mounts) paths_.push_back(mount.source);
}

void Log::open() {
  if (is_open_) return;
  is_open_ = true;
  if (name_.empty()) name_ = name_by_storage(paths_, id_);
  ::openlog("rind-hook", LOG_PID | LOG_NDELAY, LOG_DAEMON);
}

void Log::refusal(const std::exception& error) {
  write(LOG_ERR, with_remedy(error, kGeneralRemedy), true);
}

void Log::warning(const std::string& line) { write(LOG_WARNING, line, true); }
void Log::info(const std::string& line) { write(LOG_INFO, line, false); }

void Log::write(int priority, const std::string& line, bool to_standard_error) {
  open();
  const std::string label = container_label(id_, name_);
  const std::string named = label.empty() ? line : label + ": " + line;
  if (to_standard_error) {
    const std::string text = "rind-hook: " + named + "\n";
    // If standard error is closed, the journal still gets the line.
    [[maybe_unused]] const ssize_t n = ::write(STDERR_FILENO, text.data(), text.size());
  }
  ::syslog(priority, "%s", named.c_str());
  if (priority == LOG_ERR && !has_journal()) keep_refusal(named);
}

}  // namespace rind::hook
