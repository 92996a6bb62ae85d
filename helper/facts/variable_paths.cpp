#include "helper/facts/variable_paths.h"

#include <fcntl.h>

#include <algorithm>
#include <utility>

#include "common/base/resolve.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "helper/facts/paths.h"

namespace rind {
namespace {

// See PathFact::replaced_through.
std::vector<std::string> replaced_through(const std::string& spelled, const PathFact& fact) {
  if (fact.type != PathFact::Type::kFile) return {};
  const auto place = [](const std::string& path) {
    return sys::mount_place(open_canonical(path, O_PATH).get(), path);
  };
  const sys::MountPlace file = place(fact.canonical);
  std::string top = parent_of(fact.canonical);
  std::vector<std::string> directories;
  if (!file.is_root) {
    directories.push_back(top);
    // Kubernetes replaces a link at the top of the mount.
    while (top != "/" && !place(top).is_root) top = parent_of(top);
    if (top != "/") directories.push_back(top);
  }
  const std::string parent = path_fact(parent_of(spelled)).canonical;
  if (parent != parent_of(fact.canonical) && !parent.empty()) directories.push_back(parent);
  return directories;
}

// Adds the path that `value` names, or if that does not exist, the paths of a list (KUBECONFIG).
void add_paths(std::vector<PathFact>& facts, const std::string& value, const std::string& suffix,
               const VariableSources& sources) {
  const auto add = [&](const std::string& text) {
    const std::string home = text.starts_with('~')
                                 ? variable(sources.call.environment, "HOME").value_or("")
                                 : std::string();
    const std::string path = absolute_value(text, home);
    if (path.empty()) return false;
    PathFact fact = path_fact(path + suffix);
    if (fact.type == PathFact::Type::kAbsent) return false;
    for (const auto& known : facts) {
      if (known.canonical == fact.canonical) return true;
    }
    fact.replaced_through = replaced_through(path + suffix, fact);
    const std::string spelled = path + suffix;
    fact.by_link = fact.canonical != spelled && sources.trees.lead_out(spelled, fact.canonical);
    facts.push_back(std::move(fact));
    return true;
  };
  if (add(value) || value.find(':') == std::string::npos) return;
  for (const auto& part : split(value, ':')) add(part);
}

}  // namespace

std::string absolute_value(const std::string& value, const std::string& home) {
  if (value.empty() || value[0] == '/') return value;
  if (value[0] == '~' && (value.size() == 1 || value[1] == '/')) {
    return home.empty() ? std::string() : home + value.substr(1);
  }
  return working_directory() + "/" + value;
}

std::optional<std::string> value_in_call(const std::string& name, const Call& call,
                                         const CcacheSettings& ccache) {
  if (name == "CCACHE_DIR" && !ccache.directory.empty()) return ccache.directory;
  if (name == "CCACHE_TEMPDIR" && !ccache.temporary.empty()) return ccache.temporary;
  return variable(call.environment, name);
}

std::vector<Home> homes_of(const Call& call, const Facts& known) {
  std::vector<Home> homes;
  bool first_known = false;
  const auto add = [&](const std::string& value) {
    const bool repeated = std::any_of(homes.begin(), homes.end(),
                                      [&](const Home& home) { return home.value == value; });
    if (value.empty() || repeated) return;
    homes.push_back({value, first_known});
    first_known =
        first_known || path_fact(absolute_value(value, value)).type != PathFact::Type::kAbsent;
  };
  add(variable(call.environment, "HOME").value_or(""));
  if (const auto own = known.manifest.variables.find("HOME");
      own != known.manifest.variables.end()) {
    add(own->second);
  }
  add(known.home_in_passwd);
  return homes;
}

std::vector<PathFact> paths_of(const std::string& key, const VariableSources& sources, bool shows) {
  if (key[0] != '$') return {path_fact(key)};
  const std::string name = key.substr(1, key.find('/') - 1);
  const std::string suffix = key.substr(name.size() + 1);
  std::vector<PathFact> facts;
  if (name == "HOME") {
    for (const auto& one : sources.homes) {
      // Nothing is shown of another home.
      if (one.other && shows && !suffix.empty()) continue;
      const size_t before = facts.size();
      add_paths(facts, one.value, suffix, sources);
      for (size_t i = before; i < facts.size(); ++i) facts[i].other_home = one.other;
    }
    return facts;
  }
  if (const auto value = value_in_call(name, sources.call, sources.ccache)) {
    add_paths(facts, *value, suffix, sources);
  }
  const auto& variables = sources.known.manifest.variables;
  if (const auto own = variables.find(name); own != variables.end()) {
    add_paths(facts, own->second, suffix, sources);
  }
  return facts;
}

}  // namespace rind
