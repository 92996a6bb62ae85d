// Facts about the builder's caches.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "helper/facts/facts.h"
#include "helper/facts/package_trees.h"
#include "helper/step/call.h"

namespace rind {

// What a cache's directory contains, by a sample of its entries.
PathFact::Content content_of_cache(const std::string& directory);

// A path that does not exist, as builds would make it: its existing part is canonical. Nothing for
// a path with "..", and for one that exists.
std::optional<std::string> path_to_make(const std::string& path);

// The settings of ccache that name places: those of the call's variables, or else of its
// configuration files. Of a file in a package's tree, the log alone: a package may have written it,
// and the other settings show what they name. Empty where ccache has its default.
struct CcacheSettings {
  std::string directory, temporary, log;
};
CcacheSettings ccache_settings(const std::vector<std::string>& environment, const std::string& home,
                               const PackageTrees& trees);

}  // namespace rind
