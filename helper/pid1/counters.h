// What the kernel counted: the only things that are said to have been refused.
#pragma once

#include <cstdint>
#include <string>

namespace rind {

// In the network namespace of this process: what had nowhere to go, since there is no route out of
// it. Reads /proc/net/snmp and snmp6; 0 where there is nothing to read.
uint64_t unroutable();

// The value of `name` in the table `section` of /proc/net/snmp's format: a line of names, then a
// line of values, both beginning with "SECTION:". 0 where it is not there.
uint64_t snmp_value(const std::string& text, const std::string& section, const std::string& name);

// How many processes of this container the kernel has killed for want of memory, by its cgroup; 0
// where the cgroup cannot be read.
uint64_t out_of_memory_kills();

}  // namespace rind
