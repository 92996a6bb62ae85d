// Versions of PEP 440. Lines: two versions.
#include "helper/step/version.h"

#include "helper/step/distribution.h"
#include "tests/fuzz/property.h"

namespace rind::fuzz {

void fuzz_version(std::string_view input) {
  const auto lines = lines_of(input);
  const std::string one = line_at(lines, 0), other = line_at(lines, 1);
  require(is_version_of(one, one), "a version is its own");
  const auto version = parse_version(one);
  if (version) {
    const std::string normal =
        version->release + (version->local.empty() ? "" : "+" + version->local);
    require(parse_version(normal) == version, "the normal form is the version");
    const auto second = parse_version(other);
    if (second == version) require(is_version_of(one, other), "equal versions are of each other");
    if (second && second->release != version->release)
      require(!is_version_of(one, other), "another release is another version");
  }
  const auto distribution = distribution_of(one);
  if (distribution) {
    require(distribution->name + "-" + distribution->version == one,
            "a directory's name is its two parts");
    require(is_digit(distribution->version[0]), "a version begins with a digit");
  }
}

}  // namespace rind::fuzz
