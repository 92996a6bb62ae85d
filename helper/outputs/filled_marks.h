// Tells which directories beside the sources steps of the package filled (helper/step/marks.h).
#pragma once

#include <string>
#include <vector>

#include "helper/step/step.h"

namespace rind {

// Marks the open directory, on the open work directory, which it is in or will be. path: of
// `directory`. was_empty: a step is about to fill it, perhaps. Throws Error.
void mark_filled(int work, int directory, const std::string& path, bool was_empty = false);

class FilledMarks {
 public:
  // Marks all that the step may write to beside its sources: when its supervisor is killed, nobody
  // does it later. Throws Error.
  explicit FilledMarks(const Step& step);
  // Calls settle(), and prints its error.
  ~FilledMarks();
  FilledMarks(const FilledMarks&) = delete;
  FilledMarks& operator=(const FilledMarks&) = delete;

  // Unmarks those that are empty now: the front end may fill them. Marks the others again: a write
  // to one of an overlay's lower layer has made it anew. Call it when they are the builder's again.
  // Throws Error.
  void settle();

 private:
  std::vector<std::string> directories_;
  bool settled_ = false;
};

}  // namespace rind
