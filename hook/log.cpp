#include "hook/log.h"

#include <syslog.h>
#include <unistd.h>

#include "hook/refusals.h"

namespace rind::hook {

void open_log() { ::openlog("rind-hook", LOG_PID | LOG_NDELAY, LOG_DAEMON); }

void log_refusal(const std::string& line) {
  const std::string text = "rind-hook: " + line + "\n";
  // Nothing can be done when standard error is closed; the journal has it too.
  [[maybe_unused]] const ssize_t n = ::write(STDERR_FILENO, text.data(), text.size());
  ::syslog(LOG_ERR, "%s", line.c_str());
  if (!has_journal()) keep_refusal(line);
}

void log_warning(const std::string& line) { ::syslog(LOG_WARNING, "%s", line.c_str()); }
void log_info(const std::string& line) { ::syslog(LOG_INFO, "%s", line.c_str()); }

}  // namespace rind::hook
