#include "common/policy/known_defaults.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "common/base/json.h"
#include "common/base/sys.h"
#include "common/policy/accepted_policy.h"
#include "common/policy/operator_file.h"
#include "common/policy/parse_step_keys.h"

namespace rind {
namespace {

using Keys = std::set<std::string>;

// A null removes a key: whether it may is for load_policy() to say.
bool has_null(const Json& value) {
  if (value.is_null()) return true;
  return value.is_structured() && std::any_of(value.begin(), value.end(), has_null);
}

void add_keys(Keys& keys, const Json& patch);

// The keys at the top that the patch at `place` of `value` sets.
void add_keys_at(Keys& keys, const Json& value, std::initializer_list<const char*> place) {
  const Json* patch = &value;
  for (const char* name : place) {
    if (!patch->is_object() || !patch->contains(name)) return;
    patch = &patch->at(name);
  }
  add_keys(keys, *patch);
}

// The keys at the top that `patch` sets, and those that the patches in it set.
void add_keys(Keys& keys, const Json& patch) {
  if (!patch.is_object()) return;
  for (const auto& [key, value] : patch.items()) {
    keys.insert(key);
    if (key == "seams") add_keys_at(keys, value, {"interpreter", "installs"});
    if ((key != "packages" && key != "choices") || !value.is_object()) continue;
    for (const auto& [name, inner] : value.items()) {
      if (key == "packages") add_keys_at(keys, inner, {"policy"});
      if (key == "choices") add_keys(keys, inner);
    }
  }
}

// The parts `keys` of the known defaults as a document; nothing when they lack one.
std::optional<Json> parts_of(const KnownDefaults& known, const Keys& keys) {
  Json document = Json::object();
  for (const auto& key : keys) {
    const auto part = std::find_if(known.parts.begin(), known.parts.end(),
                                   [&](const KnownDefaults::Part& p) { return p.key == key; });
    if (part == known.parts.end()) return std::nullopt;
    document[key] = parse_json(std::string(part->text), "the built-in defaults");
  }
  return document;
}

// The operator's files as patches; those that change nothing are left out. Nothing when one has
// something that only load_policy() judges. Throws Error as load_policy() does.
std::optional<std::vector<SharedJson>> read_patches(const std::vector<std::string>& files,
                                                    const Json& version) {
  std::vector<SharedJson> patches;
  SetLists lists;
  for (const auto& file : files) {
    Json patch = read_policy_file(file);
    const Json own = patch.value("version", version);
    // 1.0 equals 1, and is no version.
    if (has_null(patch) || own != version || own.type() != version.type()) return std::nullopt;
    patch.erase("version");
    lists.take(patch, file);
    if (!patch.empty()) patches.push_back(std::make_shared<Json>(std::move(patch)));
  }
  return patches;
}

// Whether the merged policy can have no more bytes than a policy may have.
bool is_small(const KnownDefaults& known, const std::vector<SharedJson>& patches) {
  size_t size = known.text.size();
  for (const auto& patch : patches) size += patch->dump().size();
  return size <= kPolicyLimit;
}

std::optional<PartialPolicy> load(const PolicyFiles& files, const std::vector<std::string>& named,
                                  const KnownDefaults& known,
                                  const std::vector<std::string>& wanted) {
  if (sys::read_file(files.defaults, kPolicyLimit) != known.text) return std::nullopt;
  if (named.empty()) return PartialPolicy{known.rules(), {}};
  const auto version = parts_of(known, {"version"});
  if (!version) return std::nullopt;
  auto patches = read_patches(named, version->at("version"));
  if (!patches || !is_small(known, *patches)) return std::nullopt;
  if (patches->empty()) return PartialPolicy{known.rules(), {}};
  const Keys with_patches = {"packages", "choices", "seams"};
  const auto inner = parts_of(known, with_patches);
  if (!inner) return std::nullopt;
  Keys keys(wanted.begin(), wanted.end());
  keys.insert(with_patches.begin(), with_patches.end());
  add_keys(keys, *inner);
  for (const auto& patch : *patches) add_keys(keys, *patch);
  std::optional<Json> document = parts_of(known, keys);
  if (!document) return std::nullopt;
  PartialPolicy partial;
  for (const auto& patch : *patches) {
    document = lay_over(*document, *patch);
    partial.policy = parse_some_policy(*document, files.directory);
  }
  partial.patches = std::move(*patches);
  return partial;
}

}  // namespace

std::optional<PartialPolicy> load_partial_policy(const PolicyFiles& files,
                                                 const std::vector<std::string>& patches,
                                                 const KnownDefaults& known,
                                                 const std::vector<std::string>& keys) {
  try {
    return load(files, patches, known, keys);
  } catch (const Error&) {
    return std::nullopt;  // load_policy() says what is wrong
  }
}

LoadedPolicy complete(const PartialPolicy& partial, const KnownDefaults& known) {
  Json document = parse_json(std::string(known.text), "the built-in defaults");
  document.erase("$schema");
  for (const auto& patch : partial.patches) document = lay_over(document, *patch);
  LoadedPolicy loaded;
  loaded.policy = parse_accepted_policy(document, "the policy");
  loaded.document = std::make_shared<Json>(std::move(document));
  return loaded;
}

}  // namespace rind
