// The tracer's notes.
#include "helper/trace/failed_call.h"
#include "tests/fuzz/property.h"

namespace rind::fuzz {

void fuzz_failed_calls(std::string_view input) {
  const auto calls = decode_calls(std::string(input));
  std::string text;
  for (const auto& call : calls) text += encode(call);
  const auto again = decode_calls(text);
  require(again.size() == calls.size(), "written notes are the notes");
  for (size_t i = 0; i < calls.size(); ++i) {
    require(again[i].want == calls[i].want && again[i].code == calls[i].code &&
                again[i].call == calls[i].call && again[i].path == calls[i].path &&
                again[i].other == calls[i].other,
            "a written note is the note");
  }
}

}  // namespace rind::fuzz
