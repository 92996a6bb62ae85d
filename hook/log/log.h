// The journal, by syslog(3), and standard error. Engines throw hook output away (crun says "exit
// code: 1" and no more), so what an operator must know goes to both. Every line names the
// container, once, in front.
#pragma once

#include <exception>
#include <string>
#include <vector>

#include "hook/decide/state.h"

namespace rind::hook {

class Log {
 public:
  // From now on lines name this container.
  void name_container(const State& state);
  // config: of the same container.
  void name_container(const Config& config);

  // Connects, and looks for the container's name, while /dev/log and the engine's files are still
  // the host's: to be called before another mount namespace is joined.
  void open();

  // The container does not start. An error that says of itself what to do gets nothing added.
  // Without a journal the line goes to the file of hook/log/refusals.h.
  void refusal(const std::exception& error);
  void warning(const std::string& line);
  // To the journal only, for the record.
  void info(const std::string& line);

 private:
  void write(int priority, const std::string& line, bool to_standard_error);

  std::string id_, name_;
  std::vector<std::string> paths_;  // the container's bundle and mounts, on the host
  bool is_open_ = false;
};

}  // namespace rind::hook
