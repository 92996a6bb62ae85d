// Names and versions of distributions, as work directories and artefacts carry them. Pure.
#pragma once

#include <optional>
#include <string>

namespace rind {

// A distribution of one version, as the front end's work directory "NAME-VERSION" names it.
struct Distribution {
  std::string name, version;
};

// What a work directory is called after; nothing when it is not NAME-VERSION. The version begins
// with a digit. A '-' in it, as in "foo-1.0-rc1", is told from one in the name by PEP 440.
std::optional<Distribution> distribution_of(const std::string& directory);

// True when both have the same name (PEP 503), whatever their versions.
bool has_same_name(const Distribution& one, const Distribution& other);

// True for a component of a file name: letters, digits and `also`, beginning with one of the
// former.
bool is_component(const std::string& text, const std::string& also);

// True for what may stand for a version in a file name: a component that begins with a digit and
// may have an epoch's '!', a local part's '+' and `also`.
bool is_file_version(const std::string& text, const std::string& also = "");

}  // namespace rind
