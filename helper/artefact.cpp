#include "helper/artefact.h"

#include <algorithm>
#include <vector>

#include "common/error.h"
#include "common/json.h"
#include "common/text.h"

namespace rind {
namespace {

constexpr const char* kWhat = "take the step's output";

bool is_alnum(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// True for a component of a file name: letters, digits and `also`, beginning with one of the
// former.
bool is_component(const std::string& text, const std::string& also) {
  if (text.empty() || !is_alnum(text[0])) return false;
  return std::all_of(text.begin(), text.end(),
                     [&](char c) { return is_alnum(c) || also.find(c) != std::string::npos; });
}

bool strip_suffix(std::string& text, const std::string& suffix) {
  if (!text.ends_with(suffix)) return false;
  text.resize(text.size() - suffix.size());
  return true;
}

// NAME-VERSION(-BUILD)?-PYTHON-ABI-PLATFORM.whl
bool is_wheel(std::string name) {
  if (!strip_suffix(name, ".whl")) return false;
  const std::vector<std::string> parts = split(name, '-');
  if (parts.size() != 5 && parts.size() != 6) return false;
  if (parts.size() == 6 && (parts[2].empty() || parts[2][0] < '0' || parts[2][0] > '9')) {
    return false;
  }
  for (size_t i = 0; i < parts.size(); ++i) {
    // Epochs and local versions have ! and +.
    if (!is_component(parts[i], i == 1 ? "._!+" : "._")) return false;
  }
  return true;
}

// NAME-VERSION.tar.gz; older backends leave '-' in the name.
bool is_sdist(std::string name) {
  return strip_suffix(name, ".tar.gz") && is_component(name, "._!+-") &&
         name.find('-') != std::string::npos;
}

bool is_dist_info(std::string name) {
  if (!strip_suffix(name, ".dist-info")) return false;
  const std::vector<std::string> parts = split(name, '-');
  return parts.size() == 2 && is_component(parts[0], "._") && is_component(parts[1], "._!+");
}

}  // namespace

bool is_of_package(const std::string& file, const std::string& package) {
  // A name may have a '-' in it, a version has none (PEP 440), and begins with a digit.
  const size_t dash = package.rfind('-');
  if (dash == std::string::npos || dash + 1 >= package.size()) return true;
  if (package[dash + 1] < '0' || package[dash + 1] > '9') return true;
  const std::string name = package.substr(0, dash);
  const size_t file_dash = file.ends_with(".tar.gz") ? file.rfind('-') : file.find('-');
  return normalised_name(file.substr(0, file_dash)) == normalised_name(name);
}

void require_artefact_name(PlannedOutput::Kind kind, const std::string& name,
                           const std::string& package) {
  constexpr size_t kLongest = 255;
  const bool valid = kind == PlannedOutput::Kind::kWheel      ? is_wheel(name)
                     : kind == PlannedOutput::Kind::kSdist    ? is_sdist(name)
                     : kind == PlannedOutput::Kind::kMetadata ? is_dist_info(name)
                                                              : false;
  if (!valid || name.size() > kLongest) {
    throw Error(kWhat, "\"" + name.substr(0, kLongest) + "\" is no name for a " + to_string(kind),
                "the build backend must name its result as the packaging specifications say");
  }
  if (!package.empty() && !is_of_package(name, package)) {
    throw Error(kWhat, "\"" + name + "\" is not of the package " + package,
                "a step produces its own package only");
  }
}

std::string named_result(const std::string& text, const std::string& path) {
  const Json value = parse_json(text, path);
  if (!value.is_object()) throw Error(kWhat, path + " is not an object");
  const auto found = value.find("return_val");
  if (found == value.end() || found->is_null()) return {};
  if (!found->is_string()) throw Error(kWhat, path + ": return_val is not a string");
  return found->get<std::string>();
}

}  // namespace rind
