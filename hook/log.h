// The journal, by syslog(3). Engines throw hook output away (crun says "exit code: 1" and no more),
// so what an operator must know goes to both.
#pragma once

#include <string>

namespace rind::hook {

// Connects now, while /dev/log is still the host's.
void open_log();
// One line to standard error and to the journal, as an error; without a journal, to the file of
// hook/refusals.h.
void log_refusal(const std::string& line);
// One line to the journal only, as a warning.
void log_warning(const std::string& line);
// One line to the journal only, for the record.
void log_info(const std::string& line);

}  // namespace rind::hook
