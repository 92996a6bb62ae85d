// Directories that steps of a package make and fill beside its sources, in its own work directory
// (NAME-VERSION). What lies in them is the package's, as its sources are.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "helper/step/step.h"

namespace rind {

// The attribute of a work directory that tells of a directory in it that only steps filled it.
struct FilledMark {
  std::string attribute, value;
};
// Nothing where the file system does not tell when a directory was made. directory: open. name: for
// messages. Throws SysError.
std::optional<FilledMark> filled_mark(int directory, const std::string& name);

// True for sources in NAME-VERSION/NAME-VERSION: a work directory of one package.
bool has_own_work_directory(const std::string& source);

// The sources beside which steps filled `directory`; "" for a directory of another kind.
// directory: canonical. Throws SysError.
std::string sources_beside(const std::string& directory);

// The directories beside `source` (canonical) that steps filled, also those that are environments
// or source trees. Throws SysError.
std::vector<std::string> filled_beside(const std::string& source);

// source: canonical; "" for none. Throws SysError.
BesideSources look_beside(const std::string& source);

}  // namespace rind
