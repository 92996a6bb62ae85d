// What `log` and `report` are asked, carried out alike.
#pragma once

#include "hook/records/log.h"
#include "hook/records/selection.h"

namespace rind::hook {

// The records that are asked for. Throws Error when an argument is not valid, or when no path is
// named and the policy keeps no records on this host.
Selection select(const PolicyFiles& policy, const RecordsAsked& asked);

// Says on standard error what was left out, and when nothing was found. Returns the exit status.
int say_of(const Selection& selection, const RecordsAsked& asked);

}  // namespace rind::hook
