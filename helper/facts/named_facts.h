// What a call names, and a step sees without owning it; also where only the builder may read it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "helper/facts/facts.h"
#include "helper/step/call.h"
#include "helper/step/step.h"

namespace rind {

// For all files of a call together: the content is held in memory, twice.
inline constexpr size_t kContentBudget = size_t{64} << 20;

// The content of a file that other users may not read: the step gets a copy. Nothing where they may
// read it, or where it is larger than the rest of `budget`, in bytes.
std::optional<std::string> content_of_closed(const std::string& path, size_t& budget);

// True where other users may not read the file, or not read and search the directory.
bool is_closed_to_others(const std::string& path, bool directory);

// Adds a path that the step sees but does not own. Of a directory that only its owner may search,
// it adds the entries: for a step with its own uid, a way to them is made. deep: also of such
// directories in it.
void show(Facts& facts, const std::string& path, size_t& budget, bool deep = false);

// Gathers the paths that a call through an interpreter's seam names. Of a question to the
// interpreter these hold the front end's own modules (uv's are in a package).
void gather_named(Facts& facts, const Call& call, const Step& step, size_t& budget);

}  // namespace rind
