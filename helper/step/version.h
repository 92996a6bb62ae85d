// Compares versions of Python distributions. Pure.
//
// Source: the specification "Version specifiers" (PEP 440), appendix "Parsing version strings with
// regular expressions".
#pragma once

#include <optional>
#include <string>

namespace rind {

// A version in normal form. Two versions are equal when both members are.
struct Version {
  // Epoch, release, pre-, post- and development release: "1!2.0.1rc1.post2.dev3". An epoch of 0 and
  // trailing zeros of the release are removed: "1.0.0" and "1" are one version.
  std::string release;
  std::string local;  // what follows '+': lower case, with dots; "" when there is none
  bool operator==(const Version&) const = default;
};

// Returns nothing when `text` is not a version of PEP 440. Numbers may have any length.
std::optional<Version> parse_version(const std::string& text);

// True when the version `actual` may be the result of building `wanted`: the same version, with or
// without a local part ("2.9.0+cu124" of 2.9.0). Texts that are not versions of PEP 440, which
// older build backends allow, are compared as texts: in lower case, with '-', '_' and '.' alike.
bool is_version_of(const std::string& actual, const std::string& wanted);

}  // namespace rind
