#include "helper/outputs/artefact_name.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "common/base/error.h"
#include "common/base/glob.h"
#include "common/base/json.h"
#include "common/base/text.h"
#include "helper/step/distribution.h"
#include "helper/step/version.h"

namespace rind {
namespace {

constexpr const char* kBackendRemedy =
    "let the build hook return the name of its artefact as a string, as PEP 517 says";

constexpr const char* kWhat = "take the step's output";

bool strip_suffix(std::string& text, const std::string& suffix) {
  if (!text.ends_with(suffix)) return false;
  text.resize(text.size() - suffix.size());
  return true;
}

// NAME-VERSION(-BUILD)?-PYTHON-ABI-PLATFORM.whl
std::optional<Distribution> parse_wheel(std::string name) {
  if (!strip_suffix(name, ".whl")) return std::nullopt;
  const std::vector<std::string> parts = split(name, '-');
  if (parts.size() != 5 && parts.size() != 6) return std::nullopt;
  if (!is_component(parts[0], "._") || !is_file_version(parts[1])) return std::nullopt;
  for (size_t i = 2; i < parts.size(); ++i) {
    if (!is_component(parts[i], "._")) return std::nullopt;
  }
  if (parts.size() == 6 && !is_digit(parts[2][0])) return std::nullopt;
  return Distribution{parts[0], parts[1]};
}

std::optional<Distribution> parse_dist_info(std::string name) {
  if (!strip_suffix(name, ".dist-info")) return std::nullopt;
  const std::vector<std::string> parts = split(name, '-');
  if (parts.size() != 2 || !is_component(parts[0], "._") || !is_file_version(parts[1])) {
    return std::nullopt;
  }
  return Distribution{parts[0], parts[1]};
}

// NAME-VERSION.tar.gz; older build backends keep '-' in both parts.
std::vector<Distribution> parse_sdist(std::string name) {
  if (!strip_suffix(name, ".tar.gz")) return {};
  // One reading, as for the name of a work directory and as installers do it: "foo-2-1" is "foo-2"
  // in version 1.
  const auto read = distribution_of(name);
  return read ? std::vector{*read} : std::vector<Distribution>();
}

// File names replace characters that they may not have by '_': the '-' of "1.0-1", and with some
// build backends the '!' of an epoch.
bool is_file_version_of(const std::string& actual, const std::string& wanted) {
  if (is_version_of(actual, wanted)) return true;
  std::string spelled = actual;
  std::replace(spelled.begin(), spelled.end(), '_', '-');
  if (is_version_of(spelled, wanted)) return true;
  spelled = actual;
  const size_t first = spelled.find('_');
  if (first != std::string::npos) spelled[first] = '!';
  return is_version_of(spelled, wanted);
}

// The possible readings of `name`; none when it is not a name of this kind.
std::vector<Distribution> parse(PlannedOutput::Kind kind, const std::string& name) {
  if (kind == PlannedOutput::Kind::kSdist) return parse_sdist(name);
  const auto parsed = kind == PlannedOutput::Kind::kWheel      ? parse_wheel(name)
                      : kind == PlannedOutput::Kind::kMetadata ? parse_dist_info(name)
                                                               : std::nullopt;
  return parsed ? std::vector{*parsed} : std::vector<Distribution>();
}

bool is_allowed(const Distribution& artefact, const Distribution& package,
                const std::vector<std::string>& allowed) {
  const std::string name = normalised_name(artefact.name);
  return has_same_name(artefact, package) ||
         std::any_of(allowed.begin(), allowed.end(), [&](const std::string& pattern) {
           return glob_match(normalised_name(pattern), name);
         });
}

// What an operator writes to allow artefacts of this name.
std::string rule_for(const Distribution& artefact, const Distribution& package) {
  return R"({"packages": {"variants": {"packages": [")" + normalised_name(package.name) +
         R"("], "policy": {"artefact_names": [")" + normalised_name(artefact.name) + R"("]}}}})";
}

// The expected name of an artefact of the package, for people.
std::string expected_name(PlannedOutput::Kind kind, const Distribution& package) {
  std::string name = normalised_name(package.name);
  std::replace(name.begin(), name.end(), '-', '_');
  name += "-" + package.version;
  return kind == PlannedOutput::Kind::kWheel   ? name + "-*.whl"
         : kind == PlannedOutput::Kind::kSdist ? name + ".tar.gz"
                                               : name + ".dist-info";
}

}  // namespace

bool is_wheel_of(const std::string& file, const std::string& package,
                 const std::vector<std::string>& allowed) {
  const auto wheel = parse_wheel(file), wanted = distribution_of(package);
  return wheel && (!wanted || is_allowed(*wheel, *wanted, allowed));
}

void require_artefact_name(PlannedOutput::Kind kind, const std::string& name,
                           const std::string& package, const std::vector<std::string>& allowed) {
  constexpr size_t kLongest = 255;
  const std::vector<Distribution> readings = parse(kind, name);
  if (readings.empty() || name.size() > kLongest) {
    throw Error(kWhat,
                "\"" + name.substr(0, kLongest) + "\" is not a valid name for a " + to_string(kind),
                "use a build backend that names its result as the packaging specifications say");
  }
  const auto wanted = distribution_of(package);
  if (!wanted) return;
  const auto is_named = [&](const auto& d) { return is_allowed(d, *wanted, allowed); };
  if (std::none_of(readings.begin(), readings.end(), is_named)) {
    throw Error(
        kWhat,
        "\"" + name + "\" does not belong to the package " + package + ": it names version " +
            readings[0].version + " of " + readings[0].name + "; its name would be " +
            expected_name(kind, *wanted),
        "build it in a work directory of its own, or allow the name by the key artefact_names of "
        "the policy: " +
            rule_for(readings[0], *wanted));
  }
  const bool is_wanted = std::any_of(readings.begin(), readings.end(), [&](const auto& d) {
    return is_named(d) && is_file_version_of(d.version, wanted->version);
  });
  if (is_wanted) return;
  throw Error(kWhat,
              "\"" + name + "\" has a version other than that of the work directory " + package +
                  "; its name would be " + expected_name(kind, *wanted),
              "let the build backend build version " + wanted->version +
                  " (for setuptools-scm: SETUPTOOLS_SCM_PRETEND_VERSION), or name the work "
                  "directory after the package's own version");
}

std::string named_result(const std::string& text, const std::string& path) {
  const Json value = parse_json(text, path);
  if (!value.is_object()) throw Error(kWhat, path + " is not a JSON object", kBackendRemedy);
  const auto found = value.find("return_val");
  if (found == value.end() || found->is_null()) return {};
  if (!found->is_string())
    throw Error(kWhat, path + ": return_val is not a string", kBackendRemedy);
  return found->get<std::string>();
}

}  // namespace rind
