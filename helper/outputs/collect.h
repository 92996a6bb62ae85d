// The outputs gate: what leaves a sandbox, and nothing else does.
//
// A hook's control and output directories are private ones (helper/supervisor/scratch.h). When
// everything of the step is dead, the supervisor reads output.json, takes the one artefact that it
// names, and moves it to where the front end expects it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "helper/plan/plan.h"
#include "helper/supervisor/scratch.h"

namespace rind {

// Puts what the front end gives the hook, input.json, into the step's control directory.
void put_input(const Plan& plan, const Scratch& scratch);

struct Artefact {
  std::string name;  // the kwarg or option that asked for it
  std::string path;  // where it is now
  uint64_t size = 0;
  std::string sha256;  // of a file; "" for metadata, which is a directory
};

struct Collected {
  std::vector<Artefact> artefacts;
  std::vector<std::string> dropped;  // the first of what else was left there, "KWARG: NAME"
  uint64_t dropped_count = 0;
};

// Takes the outputs of a step that has ended well; of another one nothing is taken. Throws Error
// when something is not as it must be: then nothing is taken either. Everything of the step must be
// dead.
Collected collect(const Plan& plan, const Scratch& scratch, bool succeeded);

}  // namespace rind
