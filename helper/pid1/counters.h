// Counters of the kernel. The failure line names only refusals that the kernel counted.
#pragma once

#include <cstdint>
#include <string>

namespace rind {

// Packets and connections in this network namespace that had no route. Reads /proc/net/snmp and
// snmp6; 0 where they cannot be read.
uint64_t unroutable();

// The value of `name` in the table `section` of /proc/net/snmp's format: a line of names, then a
// line of values, both beginning with "SECTION:". 0 where it is not there.
uint64_t snmp_value(const std::string& text, const std::string& section, const std::string& name);

// How many processes of this container the kernel killed because memory ran out, as its cgroup
// counts them; 0 where the cgroup cannot be read.
uint64_t out_of_memory_kills();

}  // namespace rind
