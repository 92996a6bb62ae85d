// Processes in the procfs at /proc, which may belong to another pid namespace than this process.
//
// `-v /proc:/proc`, as quay's podman image uses it, shows a container the procfs of the outer pid
// namespace. "self" still leads to the reader, but each process has a number there that differs
// from the one of getpid(2), clone(2) and kill(2).
#pragma once

#include <sys/types.h>

#include <string>

namespace rind::sys {

// The directory in /proc of the process behind `pidfd`, e.g. "/proc/14". Throws Error when /proc
// does not show that process or this one.
std::string proc_directory(int pidfd);

// The process's pid in the procfs from which `fdinfo` (/proc/self/fdinfo/PIDFD) was read. 0: the
// procfs's pid namespace does not contain the process. -1: the process has ended. Pure. Throws
// Error when the text has no pid.
pid_t number_in_proc(const std::string& fdinfo);

}  // namespace rind::sys
