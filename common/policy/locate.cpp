#include "common/policy/locate.h"

#include <algorithm>
#include <optional>

#include "common/base/json.h"
#include "common/base/json_text.h"
#include "common/base/sys.h"
#include "common/policy/policy.h"

namespace rind {
namespace {

using Keys = std::vector<std::string>;

// Where the value may be written: in a patch (of a package, of a choice, or of a package's rule in
// a choice), and where every step has it. The innermost place is first.
std::vector<Keys> written_as(const JsonError& error) {
  const auto& patches = error.patches();
  std::vector<Keys> all;
  for (size_t chosen = size_t{1} << patches.size(); chosen-- > 0;) {
    Keys keys;
    // The outermost patch was added last, and its keys come first.
    for (size_t i = patches.size(); i-- > 0;) {
      if ((chosen >> i & 1U) != 0) keys.insert(keys.end(), patches[i].begin(), patches[i].end());
    }
    keys.insert(keys.end(), error.keys().begin(), error.keys().end());
    all.push_back(std::move(keys));
  }
  return all;
}

struct Found {
  std::string file;
  TextPlace at;
  size_t missing = 0;  // how many of the last keys are not there
};

// Of all places the one that has most of the error's own keys.
std::optional<Found> best_place(const JsonError& error, const std::string& file) {
  std::string text;
  try {
    text = sys::read_file(file, kPolicyLimit);
  } catch (const Error&) {
    return std::nullopt;
  }
  std::optional<Found> best;
  for (const auto& keys : written_as(error)) {
    const JsonPlace place = find_in_json(text, keys);
    const size_t missing = keys.size() - place.found;
    // Not even the first of the error's own keys is there.
    if (missing >= error.keys().size() && !error.keys().empty()) continue;
    if (!best || missing < best->missing) best = Found{file, place.at, missing};
  }
  return best;
}

// The error appeared with the first of the files. It usually has the key, or an object around it;
// where it has neither, it removed a key, or an earlier file has the value.
Found place_of(const JsonError& error, const std::vector<std::string>& files) {
  for (const auto& file : files) {
    if (const auto found = best_place(error, file)) return *found;
  }
  return {files.front(), {}, error.keys().size()};
}

// Keys of these objects are data.
bool is_map(const std::string& key) {
  return key == "views" || key == "packages" || key == "choices" || key == "installs";
}

// The path of the object that has `key`; nothing when no object has it.
std::optional<std::string> holder_of(const Json& object, const std::string& key,
                                     const std::string& path) {
  if (object.contains(key) && !path.empty()) return path;
  for (const auto& [name, value] : object.items()) {
    if (!value.is_object() || is_map(name)) continue;
    const auto found = holder_of(value, key, path.empty() ? name : path + "." + name);
    if (found) return found;
  }
  return std::nullopt;
}

std::string remedy_for(const JsonError& error, const Json& defaults) {
  if (!error.is_strange_key()) return error.remedy();
  const std::string& key = error.keys().back();
  const bool at_top = error.keys().size() > 1 && defaults.contains(key);
  if (at_top) return "\"" + key + "\" belongs to the top of the policy: move it there";
  const auto holder = holder_of(defaults, key, "");
  return holder ? "\"" + key + "\" belongs in \"" + *holder + "\": move it there" : error.remedy();
}

}  // namespace

Error located(const JsonError& error, const std::vector<std::string>& files, const Json& defaults) {
  const Found found = place_of(error, files);
  const std::string at = found.file + ":" + to_string(found.at);
  // The origin begins with the file that was applied last, and may go on with ", with packages...".
  const std::string& origin = error.origin();
  const std::string with =
      origin.starts_with(files.front()) ? origin.substr(files.front().size()) : "";
  return Error("read " + at + with, error.why(), remedy_for(error, defaults));
}

std::optional<std::string> place_of_value(const std::vector<std::string>& files,
                                          const std::vector<std::string>& keys) {
  for (const auto& file : files) {
    const JsonPlace place = find_in_json(sys::read_file(file, kPolicyLimit), keys);
    if (place.found == keys.size()) return file + ":" + to_string(place.at);
  }
  return std::nullopt;
}

std::string place_in(const std::string& file, const std::vector<std::string>& keys) {
  try {
    return file + ":" + to_string(find_in_json(sys::read_file(file, kPolicyLimit), keys).at);
  } catch (const Error&) {
    return file;
  }
}

}  // namespace rind
