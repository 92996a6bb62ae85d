// Reading and merging the policy's files.
#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string>

#include "common/base/error.h"
#include "common/base/json.h"
#include "common/base/look.h"
#include "common/base/sys.h"
#include "common/policy/locate.h"
#include "common/policy/operator_file.h"
#include "common/policy/parse_step_keys.h"
#include "common/policy/policy.h"

namespace rind {
namespace {

// The *.json files of policy.d, sorted by name.
std::vector<std::string> patch_files(const std::string& directory) {
  std::vector<std::string> files;
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(::opendir(directory.c_str()), &::closedir);
  if (!dir) {
    if (errno == ENOENT) return files;  // policy.d is optional
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

// Merges the merge patch `patch` into the merge patch `target`. Nulls stay: they remove keys when
// the result is applied.
void compose(Json& target, const Json& patch) {
  if (!patch.is_object() || !target.is_object()) {
    target = patch;
    return;
  }
  for (const auto& [key, value] : patch.items()) compose(target[key], value);
}

// The places of the patches inside `patch`.
std::vector<Json::json_pointer> patches_in(const Json& patch) {
  std::vector<Json::json_pointer> places;
  const auto add_all = [&](const std::string& key, const std::string& below) {
    if (!patch.contains(key) || !patch.at(key).is_object()) return;
    for (const auto& [name, unused] : patch.at(key).items()) {
      Json::json_pointer place = Json::json_pointer("/" + key) / name;
      if (!below.empty()) place /= below;
      if (patch.contains(place) && patch.at(place).is_object()) places.push_back(place);
    }
  };
  add_all("packages", "policy");
  add_all("choices", "");
  return places;
}

// Throws Error for a null at an unknown key of `patch`. A merge removes such a key, so a misspelt
// key would go unnoticed; unknown keys with a value are found in the merged policy. A policy has
// every key except in maps, whose keys are data.
class NullKeys {
 public:
  NullKeys(const Json& policy, const std::string& file) : policy_(policy), file_(file) {}

  void in_policy(const Json& patch, const JsonPath& path) const { in_fixed(patch, policy_, path); }

 private:
  void in_fixed(const Json& patch, const Json& known, const JsonPath& path) const {
    if (!patch.is_object()) return;
    for (const auto& [key, value] : patch.items()) {
      const JsonPath here = path.key(key);
      if (value.is_null() && !known.contains(key)) {
        std::vector<std::string> names;
        for (const auto& [name, unused] : known.items()) names.push_back(name);
        throw JsonError::unknown_key(file_, here, names);
      }
      if (key == "views") {
        in_entries(value, here, &NullKeys::in_view);
      } else if (key == "packages") {
        in_entries(value, here, &NullKeys::in_rule);
      } else if (key == "choices") {
        in_entries(value, here, &NullKeys::in_policy);
      } else if (key == "installs" || key == "policy") {
        require_patch_of_steps(value, here);
      } else if (known.contains(key) && known.at(key).is_object()) {
        in_fixed(value, known.at(key), here);
      }
    }
  }

  void in_entries(const Json& map, const JsonPath& path,
                  void (NullKeys::*check)(const Json&, const JsonPath&) const) const {
    if (!map.is_object()) return;
    for (const auto& [name, value] : map.items()) (this->*check)(value, path.key(name));
  }

  void in_view(const Json& view, const JsonPath& path) const {
    in_fixed(view,
             {{"view", 0},
              {"noexec", 0},
              {"lend", 0},
              {"backing", 0},
              {"size", 0},
              {"directories", 0},
              {"fallback", 0}},
             path);
  }

  void in_rule(const Json& rule, const JsonPath& path) const {
    in_fixed(rule, {{"packages", 0}, {"hooks", 0}, {"policy", 0}}, path);
  }

  void require_patch_of_steps(const Json& patch, const JsonPath& path) const {
    if (!patch.is_object()) return;
    require_patchable(JsonObject(patch, file_, path));
    in_policy(patch, path);
  }

  const Json& policy_;
  const std::string& file_;
};

void lay_over_file(LoadedPolicy& loaded, SetLists& lists, const std::string& file) {
  const Json& merged = *loaded.document;
  const Json patch = read_policy_file(file);
  // "version" names the format for which the patch was written.
  if (patch.contains("version") && patch.at("version") != merged.at("version")) {
    const std::string version = merged.at("version").dump();
    throw JsonObject(patch, file)
        .wrong("version", version + ", the format that this release reads",
               "write " + version + ", or install the release that the file was written for");
  }
  NullKeys(merged, file).in_policy(patch, {});
  lists.take(patch, file);
  loaded.document = std::make_shared<Json>(lay_over(merged, patch));
  loaded.policy = parse_policy(*loaded.document, file);
}

// The helper reads the merged policy with a limit of its own. Checking the size here makes one
// error on the host instead of an error in every step.
void require_size(const Json& merged, const std::string& directory) {
  const size_t size = merged.dump().size();
  if (size <= kPolicyLimit) return;
  throw Error(
      "merge the policy",
      "it has " + std::to_string(size) + " bytes; the limit is " + std::to_string(kPolicyLimit),
      "shorten " + directory + "/policy.json and the files of policy.d");
}

}  // namespace

Json lay_over(const Json& document, const Json& patch) {
  Json merged = document;
  merged.merge_patch(patch);
  for (const auto& place : patches_in(patch)) {
    Json composed = document.contains(place) ? document.at(place) : Json::object();
    compose(composed, patch.at(place));
    merged[place] = std::move(composed);
  }
  return merged;
}

LoadedPolicy policy_of_choice(const LoadedPolicy& loaded, const std::string& name) {
  std::string offered;
  for (const auto& choice : loaded.policy.choices) {
    if (choice.name == name) {
      Json chosen = lay_over(*loaded.document, *choice.patch);
      chosen["choices"] = Json::object();
      Policy policy = parse_policy(chosen, "the policy with choices." + name);
      return {std::make_shared<Json>(std::move(chosen)), std::move(policy)};
    }
    offered += (offered.empty() ? "" : ", ") + choice.name;
  }
  const std::string define = "define it in \"choices\" of /etc/rind/policy.json";
  if (offered.empty()) {
    throw Error("choose the policy \"" + name + "\"", "the host's policy offers no choices",
                define);
  }
  throw Error("choose the policy \"" + name + "\"", "the host's policy offers only: " + offered,
              "choose one of these, or " + define);
}

std::vector<std::string> operator_files(const PolicyFiles& files) {
  std::vector<std::string> found = patch_files(files.directory + "/policy.d");
  const std::string main_file = files.directory + "/policy.json";
  if (sys::may_access(main_file, F_OK)) found.insert(found.begin(), main_file);
  return found;
}

LoadedPolicy load_policy(const PolicyFiles& files) {
  LoadedPolicy loaded;
  std::vector<std::string> applied;  // the last one first
  SharedJson defaults = std::make_shared<Json>(Json::object());
  const auto with_places = [&](const std::string& file, const auto& apply) {
    applied.insert(applied.begin(), file);
    try {
      apply();
    } catch (const JsonError& e) {
      throw located(e, applied, *defaults);
    }
  };
  with_places(files.defaults, [&] {
    loaded.document = std::make_shared<Json>(read_policy_file(files.defaults));
    loaded.policy = parse_policy(*loaded.document, files.defaults);
  });
  defaults = loaded.document;

  SetLists lists;
  const auto lay = [&](const std::string& file) {
    with_places(file, [&] { lay_over_file(loaded, lists, file); });
  };
  const std::string main_file = files.directory + "/policy.json";
  try {
    lay(main_file);
  } catch (const SysError& e) {
    if (e.code() != ENOENT) throw;  // policy.json is optional
    applied.erase(applied.begin());
  }
  for (const auto& file : patch_files(files.directory + "/policy.d")) lay(file);
  require_size(*loaded.document, files.directory);
  return loaded;
}

}  // namespace rind
