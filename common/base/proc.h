// Processes in the procfs at /proc, which need not be that of this process's own pid namespace.
//
// `-v /proc:/proc`, as quay's podman image has it for its user, shows a container the procfs of the
// pid namespace outside: "self" leads to the reader there, too, but every process has another
// number in it than getpid(2), clone(2) and kill(2) know.
#pragma once

#include <sys/types.h>

#include <string>

namespace rind::sys {

// The directory in /proc of the process behind `pidfd`, e.g. "/proc/14". Throws Error when /proc
// does not show that process, or is not this process's at all.
std::string proc_directory(int pidfd);

// From the text of /proc/self/fdinfo/PIDFD: the process's number in that procfs. 0: its pid
// namespace does not have the process. -1: the process has ended. Pure; throws Error where the text
// has none.
pid_t number_in_proc(const std::string& fdinfo);

}  // namespace rind::sys
