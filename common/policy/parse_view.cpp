// The policy's views.
#include <algorithm>
#include <string_view>

#include "common/base/json.h"
#include "common/base/json_remedy.h"
#include "common/policy/parse_step_keys.h"

namespace rind {
namespace {

View view_of(const std::string& name, const JsonObject& at, const std::string& key) {
  std::vector<std::string> names;
  for (const auto& [view, known] : kViewNames) {
    if (name == known) return view;
    names.emplace_back(known);
  }
  throw at.wrong_choice(key, names);
}

constexpr const char* kViewKeys[] = {"view",        "backing",  "size", "noexec",
                                     "directories", "fallback", "lend"};

bool has_key(View view, std::string_view key) {
  if (key == "view") return true;
  if (key == "noexec") return view != View::kHidden;
  if (key == "lend") return view == View::kRw;
  if (key == "size") return view == View::kCow || view == View::kPrivate;
  if (key == "backing") return view == View::kPrivate;
  return view == View::kCow;
}

// "PATH": VIEW, ready to paste into `views`.
std::string entry_text(const std::string& key, const Json& view) {
  if (!view.is_object()) return json_text(key) + ": " + json_text(view);
  std::string members;
  for (const char* name : kViewKeys) {
    if (!view.contains(name)) continue;
    members +=
        (members.empty() ? "\"" : ", \"") + std::string(name) + "\": " + json_text(view.at(name));
  }
  return json_text(key) + ": {" + members + "}";
}

// A whole view with what is right in `given`: the keys of these views have no default in the code.
Json whole_view(View view, const Json& given) {
  Json whole = {{"view", to_string(view)}, {"size", 1073741824}};
  if (view == View::kCow) whole.update({{"directories", 4096}, {"fallback", "private"}});
  const bool on_disk = given.contains("backing") && given.at("backing") == "disk";
  if (view == View::kPrivate) whole["backing"] = on_disk ? "disk" : "memory";
  if (on_disk) whole.erase("size");
  for (const char* name : kViewKeys) {
    if (given.contains(name) && has_key(view, name)) whole[name] = given.at(name);
  }
  return whole;
}

// Throws JsonError when `given`, the view at `key`, lacks one of its keys: with the whole view.
void require_keys(const JsonObject& o, const std::string& key, const Json& given, View view) {
  if (view != View::kCow && view != View::kPrivate) return;
  const bool private_on_disk =
      view == View::kPrivate && given.contains("backing") && given.at("backing") == "disk";
  const bool of_cow = given.contains("directories") && given.contains("fallback");
  if ((given.contains("size") || private_on_disk) &&
      (view == View::kCow ? of_cow : given.contains("backing"))) {
    return;
  }
  const Json whole = whole_view(view, given);
  for (const auto& [name, unused] : whole.items()) {
    if (given.contains(name)) continue;
    throw o.wrong(name, "a value: a view \"" + to_string(view) + "\" has it",
                  "write " + entry_text(key, whole));
  }
}

// A key of another kind of view often comes from an earlier file: a patch adds keys to an object.
void require_only_keys_of(const JsonObject& o, const std::string& key, const Json& given,
                          View view) {
  std::string strange;
  for (const char* name : kViewKeys) {
    if (strange.empty() && !has_key(view, name) && given.contains(name)) strange = name;
  }
  if (strange.empty()) return;
  Json rest = Json::object();
  for (const char* name : kViewKeys) {
    if (has_key(view, name) && given.contains(name)) rest[name] = given.at(name);
  }
  const bool word_suffices = rest.size() == 1 && view != View::kCow && view != View::kPrivate;
  throw JsonError(
      o.origin(), o.path_to(strange), "is not a key of a view \"" + to_string(view) + "\"",
      word_suffices
          ? "write " + entry_text(key, rest.at("view"))
          : "remove it; if another file sets it, write \"" + strange + "\": null in this view");
}

void parse_cow(ViewSpec& spec, JsonObject& o) {
  spec.size = o.integer("size", 4096, kLargestSize);
  spec.directories = o.integer("directories", 1, 1'000'000);
  spec.fallback = o.choice("fallback", kCowFallbackNames);
}

void parse_private(ViewSpec& spec, JsonObject& o) {
  spec.backing = o.choice("backing", kBackingNames);
  const bool disk = spec.backing == Backing::kDisk;
  // A size limits a tmpfs. With "disk" it is that of the tmpfs which replaces a directory that
  // cannot be made.
  if (!disk || o.has("size")) spec.size = o.integer("size", 4096, kLargestSize);
}

}  // namespace

ViewSpec parse_view(JsonObject& views, const std::string& key) {
  const Json& value = views.any(key);
  ViewSpec spec;
  if (value.is_string()) {
    spec.view = view_of(value.get<std::string>(), views, key);
    if (spec.view == View::kPrivate || spec.view == View::kCow) {
      throw views.wrong(key, "an object for this view",
                        "write " + entry_text(key, whole_view(spec.view, Json::object())));
    }
    return spec;
  }
  if (!value.is_object()) {
    throw views.wrong(key, "a view: a word or an object",
                      "write " + entry_text(key, "ro") + ", or another view");
  }
  JsonObject object = views.object(key);
  if (!object.has("view")) {
    throw object.wrong("view", "a word: no other file gives " + key + " a view",
                       "write for example " + entry_text(key, "ro"));
  }
  spec.view = view_of(object.string("view"), object, "view");
  require_only_keys_of(object, key, value, spec.view);
  require_keys(object, key, value, spec.view);
  if (spec.view == View::kPrivate) parse_private(spec, object);
  if (spec.view == View::kCow) parse_cow(spec, object);
  if (spec.view != View::kHidden && object.has("noexec")) spec.noexec = object.boolean("noexec");
  if (spec.view == View::kRw && object.has("lend")) spec.lend = object.boolean("lend");
  object.finish();
  return spec;
}

}  // namespace rind
