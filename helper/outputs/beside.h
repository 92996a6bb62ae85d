// Tells which directories beside the sources steps of the package filled (helper/step/marks.h).
#pragma once

#include <string>
#include <vector>

#include "helper/step/step.h"

namespace rind {

// Marks the open directory. name: for messages. Throws SysError.
void mark_filled(int directory, const std::string& name);

class FilledMarks {
 public:
  // Marks all that the step may write to beside its sources: when its supervisor is killed, nobody
  // does it later. Throws SysError.
  explicit FilledMarks(const Step& step);
  // Calls settle(), and prints its error.
  ~FilledMarks();
  FilledMarks(const FilledMarks&) = delete;
  FilledMarks& operator=(const FilledMarks&) = delete;

  // Marks again those that have something in them now, because a step can remove an attribute of
  // its own directory, and unmarks the others: the front end may fill them. Call it when they are
  // the builder's again. Throws SysError.
  void settle();

 private:
  std::vector<std::string> directories_;
  bool settled_ = false;
};

}  // namespace rind
