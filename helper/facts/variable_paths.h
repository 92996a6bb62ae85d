// The paths that a call's variables name.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "helper/facts/cache_facts.h"
#include "helper/facts/facts.h"
#include "helper/facts/package_trees.h"
#include "helper/step/call.h"

namespace rind {

// Resolves a value as the program that reads the variable would: `~` is `home`. Throws Error as
// working_directory() does.
std::string absolute_value(const std::string& value, const std::string& home);

// The value of a variable in the call. Of ccache's, what its configuration files say instead.
std::optional<std::string> value_in_call(const std::string& name, const Call& call,
                                         const CcacheSettings& ccache);

// The homes that a builder may go by, each once; the first that exists is the step's.
struct Home {
  std::string value;
  bool other = false;
};
// known: with manifest and home_in_passwd.
std::vector<Home> homes_of(const Call& call, const Facts& known);

// What says which paths a variable stands for. known: with manifest and home_in_passwd.
struct VariableSources {
  const Call& call;
  const Facts& known;
  const std::vector<Home>& homes;
  const CcacheSettings& ccache;
  const PackageTrees& trees;
};

// The paths that a view's key stands for: a path, or $NAME or $NAME/BELOW. Values come from the
// call, from the container's own environment, and for HOME from /etc/passwd. A step with another
// HOME, or without NETRC, must not see the real one.
// shows: the view shows what is there.
std::vector<PathFact> paths_of(const std::string& key, const VariableSources& sources, bool shows);

}  // namespace rind
