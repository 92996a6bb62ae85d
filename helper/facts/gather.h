// Gathers facts about the builder. Recognition and planning are pure functions of them.
//
// Runs as the builder, outside of the sandbox. A package writes the source tree and the control
// directory: files there are opened without following links, their size is limited, and their JSON
// is strict.
#pragma once

#include <sys/types.h>

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/kit/manifest.h"
#include "common/policy/policy.h"
#include "helper/facts/facts.h"
#include "helper/step/call.h"
#include "helper/step/step.h"

namespace rind {

// Throws Error where no front end makes such a call: a control directory that is a link, an invalid
// input.json. policy: the container's.
CallFacts gather_call_facts(const Call& call, const kit::Manifest& manifest, const Policy& policy);

// The entries of the root directory, for a plan that hides all of them.
std::vector<Facts::TopLevel> gather_top_level();

Facts gather_facts(const Policy& policy, const kit::Manifest& manifest, const Call& call,
                   const CallFacts& call_facts, const Step& step,
                   const std::vector<ExtraView>& extra);

// True for a directory that a front end may build from: it has a pyproject.toml or setup.py, and is
// not an environment.
bool looks_like_project(const std::string& directory);

// True where a step has changed the package's own words in the project since the front end may have
// read them, or has removed what makes it look like one.
bool has_changed_words(const std::string& project);

// The projects that the process `front_end` builds: the directories on its command line that look
// like projects, or else its working directory. Canonical. No step can change them. Empty when the
// process cannot be read.
std::vector<std::string> projects_of(pid_t front_end);

// The directories that the command line of the process `front_end` names, but for outputs, and its
// working directory. Canonical. Empty when the process cannot be read.
std::vector<std::string> directories_of(pid_t front_end);

// The environment (NAME=VALUE) with which the parent of this process was started. Nothing where the
// kernel does not show it, where the parent has overwritten it, or where the parent is a shell:
// what a shell exported is not for this call alone.
std::optional<std::set<std::string>> environment_of_parent(const kit::Manifest& manifest);

}  // namespace rind
