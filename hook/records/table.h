// Records as a table for people.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "hook/records/step_line.h"

namespace rind::hook {

// Columns that `text` takes in a terminal: wide characters (East Asian ones, emoji) take two. Pure.
size_t columns_of(const std::string& text);
// The beginning of `text` that fits into so many columns, with an ellipsis where something is
// missing.
std::string shortened(const std::string& text, size_t columns);

// Prints rows: start, duration, peak memory, package, step, outcome, and the cause or the outputs.
// Names are printable(). Pure but for `width`.
class Table {
 public:
  // width: of the terminal; 0: nothing is shortened.
  explicit Table(size_t width) : width_(width) {}
  // First each line that will be a row: names have a column of that width.
  void measure(const StepLine& step);
  std::string head() const;
  std::string row(const StepLine& step) const;

 private:
  std::string line(const std::string (&cells)[7]) const;

  const size_t width_;
  size_t package_ = 7, step_ = 4;
};

// The columns of the terminal that is standard output; 0 where it is none.
size_t terminal_width();

}  // namespace rind::hook
