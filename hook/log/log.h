// The hook's log: the journal, by syslog(3), and standard error. Engines discard a hook's output
// (crun prints only "exit code: 1"), so important lines go to both. Every line begins with the
// container's id and name.
#pragma once

#include <exception>
#include <string>
#include <vector>

#include "hook/decide/state.h"

namespace rind::hook {

class Log {
 public:
  // Later lines name this container.
  void name_container(const State& state);
  // config: of the same container.
  void name_container(const Config& config);

  // Connects to the journal and looks up the container's name. Call it before joining another mount
  // namespace: afterwards /dev/log and the engine's files are out of reach.
  void open();

  // Logs why the container does not start. An error without a remedy gets a general one. Without a
  // journal the line goes to the file of hook/log/refusals.h.
  void refusal(const std::exception& error);
  void warning(const std::string& line);
  // Writes to the journal only.
  void info(const std::string& line);

 private:
  void write(int priority, const std::string& line, bool to_standard_error);

  std::string id_, name_;
  std::vector<std::string> paths_;  // the container's bundle and mounts, on the host
  bool is_open_ = false;
};

}  // namespace rind::hook
