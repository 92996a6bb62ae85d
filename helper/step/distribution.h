// Names and versions of distributions in the names of work directories and artefacts. Pure.
#pragma once

#include <optional>
#include <string>

namespace rind {

// One version of a distribution, as the work directory "NAME-VERSION" names it.
struct Distribution {
  std::string name, version;
};

// The distribution that a work directory is named after; nothing when the name is not NAME-VERSION.
// The version begins with a digit. PEP 440 decides which '-' belongs to the version, as in
// "foo-1.0-rc1".
std::optional<Distribution> distribution_of(const std::string& directory);

// True when both have the same name (PEP 503), whatever their versions.
bool has_same_name(const Distribution& one, const Distribution& other);

// True for a component of a file name: letters, digits and characters of `also`; the first one is a
// letter or a digit.
bool is_component(const std::string& text, const std::string& also);

// True for a text that may be a version in a file name: a component that begins with a digit and
// may contain an epoch's '!', a local part's '+' and characters of `also`.
bool is_file_version(const std::string& text, const std::string& also = "");

}  // namespace rind
