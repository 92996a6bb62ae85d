// The outputs gate: nothing else leaves a sandbox.
//
// The control directory and the output directories of a hook are private ones
// (helper/supervisor/scratch.h). When every process of the step is dead, the supervisor reads
// output.json, takes the artefact that it names, and moves it to the front end's directory.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "helper/plan/plan.h"
#include "helper/supervisor/scratch.h"

namespace rind {

// Copies the front end's input.json into the step's control directory.
void put_input(const Plan& plan, const Scratch& scratch);

struct Artefact {
  std::string name;  // the kwarg or option that asked for it
  std::string path;  // where it is now
  uint64_t size = 0;
  std::string sha256;  // of a file; "" for metadata, which is a directory
};

struct Collected {
  std::vector<Artefact> artefacts;
  std::vector<std::string> dropped;  // the first files that were not taken, "ARGUMENT: NAME"
  uint64_t dropped_count = 0;
};

// Takes the outputs of a step that succeeded; takes nothing of a step that failed. Throws Error
// when a check fails, and takes nothing then. Every process of the step must be dead.
Collected collect(const Plan& plan, const Scratch& scratch, bool succeeded);

}  // namespace rind
