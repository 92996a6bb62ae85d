// Versions of Python distributions, as far as it takes to tell whether two are the same. Pure.
//
// Source: the specification "Version specifiers" (PEP 440), appendix "Parsing version strings with
// regular expressions".
#pragma once

#include <optional>
#include <string>

namespace rind {

// A version in normal form. Two versions are the same when both parts are equal texts.
struct Version {
  // Epoch, release, pre-, post- and development release: "1!2.0.1rc1.post2.dev3". Without an epoch
  // of 0 and without zeros at the end of the release: "1.0.0" and "1" are one version.
  std::string release;
  std::string local;  // what follows '+': lower case, with dots; "" when there is none
  bool operator==(const Version&) const = default;
};

// Nothing when `text` is no version of PEP 440. Numbers may have any length.
std::optional<Version> parse_version(const std::string& text);

// True when what calls itself `actual` may be the result of building `wanted`: the same version,
// to which a local part may have been added ("2.9.0+cu124" of 2.9.0). Texts that are no version of
// PEP 440, which older build backends let pass, are compared as texts: in lower case, with '-', '_'
// and '.' alike.
bool is_version_of(const std::string& actual, const std::string& wanted);

}  // namespace rind
