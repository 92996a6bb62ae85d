// Reading and merging the policy's files.
#include <dirent.h>
#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "common/error.h"
#include "common/policy.h"
#include "common/sys.h"

namespace rind {
namespace {

// The *.json files of policy.d, sorted by name as the operator sees them in ls.
std::vector<std::string> patch_files(const std::string& directory) {
  std::vector<std::string> files;
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(::opendir(directory.c_str()), &::closedir);
  if (!dir) {
    if (errno == ENOENT) return files;  // no policy.d: nothing to lay over
    throw_errno("open directory", directory);
  }
  errno = 0;
  while (const dirent* entry = ::readdir(dir.get())) {
    const std::string name = entry->d_name;
    if (name[0] != '.' && name.ends_with(".json")) {
      files.push_back(directory + "/" + name);
    }
    errno = 0;
  }
  if (errno != 0) throw_errno("read directory", directory);
  std::sort(files.begin(), files.end());
  return files;
}

// `patch` composed onto `target`, both merge patches: what is null stays so, to take a key away
// when the result is applied.
void compose(Json& target, const Json& patch) {
  if (!patch.is_object() || !target.is_object()) {
    target = patch;
    return;
  }
  for (const auto& [key, value] : patch.items()) compose(target[key], value);
}

// A rule's policy is a merge patch itself: merging would take the nulls out of it.
void lay_over_rules(Json& merged, const Json& before, const Json& patch) {
  if (!patch.contains("packages") || !patch.at("packages").is_object()) return;
  for (const auto& [name, rule] : patch.at("packages").items()) {
    if (!rule.is_object() || !rule.contains("policy") || !rule.at("policy").is_object()) continue;
    const Json::json_pointer place = Json::json_pointer("/packages") / name / "policy";
    Json composed = before.contains(place) ? before.at(place) : Json::object();
    compose(composed, rule.at("policy"));
    merged[place] = std::move(composed);
  }
}

void lay_over(LoadedPolicy& loaded, const std::string& file) {
  Json& merged = loaded.document;
  const Json patch = read_json_file(file, kPolicyLimit);
  if (!patch.is_object()) throw Error("read " + file, "the top level is not an object");
  // Any other top level would, as a merge patch, replace the whole policy; "version" says for which
  // format the patch was written.
  if (patch.contains("version") && patch.at("version") != merged.at("version")) {
    throw Error("read " + file, "version is not " + merged.at("version").dump());
  }
  const Json before = merged;
  merged.merge_patch(patch);
  lay_over_rules(merged, before, patch);
  loaded.policy = parse_policy(merged, file);
}

}  // namespace

LoadedPolicy load_policy(const PolicyFiles& files) {
  LoadedPolicy loaded;
  loaded.document = read_json_file(files.defaults, kPolicyLimit);
  loaded.policy = parse_policy(loaded.document, files.defaults);

  const std::string main_file = files.directory + "/policy.json";
  try {
    lay_over(loaded, main_file);
  } catch (const SysError& e) {
    if (e.code() != ENOENT) throw;  // the operator has no policy.json: the defaults hold
  }
  for (const auto& file : patch_files(files.directory + "/policy.d")) lay_over(loaded, file);
  return loaded;
}

}  // namespace rind
