#include "common/base/json.h"

#include <fcntl.h>

#include <utility>

#include "common/base/json_remedy.h"
#include "common/base/json_text.h"
#include "common/base/sys.h"

namespace rind {
namespace {

std::string type_of(const Json& value) {
  switch (value.type()) {
    case Json::value_t::null:
      return "null";
    case Json::value_t::object:
      return "an object";
    case Json::value_t::array:
      return "an array";
    case Json::value_t::string:
      return "a string";
    case Json::value_t::boolean:
      return "true or false";
    default:
      return "a number";
  }
}

// reason: the parser's own, for a fault that find_json_fault does not know.
Error fault_of(const std::string& text, const std::string& origin, const std::string& reason) {
  const auto fault = find_json_fault(text);
  if (!fault) return Error("parse " + origin, reason, "correct the JSON text");
  return Error("parse " + origin + ":" + to_string(fault->at), fault->why, fault->remedy);
}

// Builds the value from what the library's parser reads, one part after the other, and refuses what
// the library would accept: a key that an object has already, and too deep nesting. So a document
// with a million nested levels takes no memory beyond the parser's own.
class Builder {
 public:
  Json value;
  std::string reason = "it is no JSON that Rind reads";

  bool null() { return put(nullptr) != nullptr; }
  bool boolean(bool given) { return put(given) != nullptr; }
  bool number_integer(int64_t given) { return put(given) != nullptr; }
  bool number_unsigned(uint64_t given) { return put(given) != nullptr; }
  bool number_float(double given, const std::string& /*text*/) { return put(given) != nullptr; }
  bool string(std::string& given) { return put(std::move(given)) != nullptr; }
  bool binary(Json::binary_t& /*given*/) { return false; }
  bool start_object(size_t /*size*/) { return open(put(Json::object())); }
  bool end_object() { return close(); }
  bool start_array(size_t /*size*/) { return open(put(Json::array())); }
  bool end_array() { return close(); }

  bool key(std::string& name) {
    auto* members = open_.back()->get_ptr<Json::object_t*>();
    const auto [place, added] = members->emplace(std::move(name), nullptr);
    member_ = &place->second;
    return added;
  }

  // The library's message without its "[json.exception...] ": the rest names line and column.
  bool parse_error(size_t /*at*/, const std::string& /*token*/, const Json::exception& e) {
    const std::string text = e.what();
    const size_t bracket = text.find("] ");
    reason = bracket == std::string::npos ? text : text.substr(bracket + 2);
    return false;
  }

 private:
  // Returns nullptr where it would be nested too deep.
  template <typename Value>
  Json* put(Value&& given) {
    if (open_.size() > static_cast<size_t>(kMaxJsonDepth)) return nullptr;
    Json* place = &value;
    if (!open_.empty()) {
      auto* elements = open_.back()->get_ptr<Json::array_t*>();
      place = elements == nullptr ? member_ : &elements->emplace_back();
    }
    *place = std::forward<Value>(given);
    return place;
  }
  bool open(Json* place) {
    if (place != nullptr) open_.push_back(place);
    return place != nullptr;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  std::vector<Json*> open_;  // objects and arrays, of which the end was not read yet
  Json* member_ = nullptr;   // of the innermost open object: the value for the last key
};

}  // namespace

Json parse_json(const std::string& text, const std::string& origin) {
  Builder builder;
  // The library takes a NUL for the text's end, and would ignore what follows.
  const bool ends_early = text.find('\0') != std::string::npos;
  if (ends_early || !Json::sax_parse(text, &builder)) throw fault_of(text, origin, builder.reason);
  return std::move(builder.value);
}

Json read_json_file(const std::string& path, size_t limit) {
  return parse_json(sys::read_file(path, limit), path);
}

JsonObject::JsonObject(const Json& value, std::string origin, JsonPath path)
    : value_(value), origin_(std::move(origin)), path_(std::move(path)) {
  if (!value.is_object()) {
    throw JsonError(origin_, path_, "is " + type_of(value) + ", expected an object",
                    "write an object: { and } with keys between them");
  }
}

bool JsonObject::has(const std::string& key) const {
  known_.push_back(key);
  return value_.contains(key);
}

JsonError JsonObject::wrong(const std::string& key, const std::string& expected,
                            const std::string& remedy) const {
  const auto found = value_.find(key);
  if (found == value_.end()) {
    return JsonError(origin_, path_.key(key), "is missing, expected " + expected,
                     remedy.empty() ? "add the key \"" + key + "\"" : remedy);
  }
  return JsonError(origin_, path_.key(key), "is " + json_text(*found) + ", expected " + expected,
                   remedy.empty() ? remedy_for_json(*found, expected) : remedy);
}

JsonError JsonObject::wrong_element(const std::string& key, size_t index,
                                    const std::string& expected, const std::string& remedy) const {
  const Json& found = value_.at(key).at(index);
  return JsonError(origin_, path_.key(key).element(index),
                   "is " + json_text(found) + ", expected " + expected,
                   remedy.empty() ? remedy_for_json(found, expected) : remedy);
}

JsonError JsonObject::wrong_choice(const std::string& key,
                                   const std::vector<std::string>& choices) const {
  std::string expected = "one of";
  for (const auto& c : choices) expected += " \"" + c + "\"";
  const auto found = value_.find(key);
  const bool is_text = found != value_.end() && found->is_string();
  return wrong(key, expected, is_text ? did_you_mean(found->get<std::string>(), choices) : "");
}

const Json& JsonObject::any(const std::string& key) {
  asked_.insert(key);
  const auto found = value_.find(key);
  if (found == value_.end()) throw wrong(key, "a value");
  return *found;
}

std::string JsonObject::string(const std::string& key) {
  asked_.insert(key);
  const auto found = value_.find(key);
  if (found == value_.end() || !found->is_string()) throw wrong(key, "a string");
  auto text = found->get<std::string>();
  if (text.find('\0') != std::string::npos) throw wrong(key, "a string without NUL");
  return text;
}

bool JsonObject::boolean(const std::string& key) {
  asked_.insert(key);
  const auto found = value_.find(key);
  if (found == value_.end() || !found->is_boolean()) throw wrong(key, "true or false");
  return found->get<bool>();
}

uint64_t JsonObject::integer(const std::string& key, uint64_t min, uint64_t max) {
  asked_.insert(key);
  const std::string expected =
      "an integer from " + std::to_string(min) + " to " + std::to_string(max);
  const auto found = value_.find(key);
  // The parser stores only negative numbers as signed; code that builds a document stores any.
  if (found == value_.end() || !found->is_number_integer() ||
      (!found->is_number_unsigned() && found->get<int64_t>() < 0)) {
    throw wrong(key, expected);
  }
  const auto number = found->get<uint64_t>();
  if (number < min || number > max) throw wrong(key, expected);
  return number;
}

std::vector<std::string> JsonObject::strings(const std::string& key) {
  asked_.insert(key);
  if (!has(key)) throw wrong(key, "an array of strings");
  return json_strings(value_.at(key), origin_, path_to(key));
}

std::string JsonObject::choice(const std::string& key, const std::vector<std::string>& choices) {
  asked_.insert(key);
  const auto found = value_.find(key);
  if (found == value_.end() || !found->is_string()) throw wrong_choice(key, choices);
  auto text = found->get<std::string>();
  for (const auto& c : choices) {
    if (c == text) return text;
  }
  throw wrong_choice(key, choices);
}

JsonObject JsonObject::object(const std::string& key) {
  asked_.insert(key);
  if (!has(key) || !value_.at(key).is_object()) throw wrong(key, "an object");
  return JsonObject(value_.at(key), origin_, path_to(key));
}

std::vector<std::string> JsonObject::keys() {
  std::vector<std::string> names;
  for (const auto& [key, unused] : value_.items()) {
    asked_.insert(key);
    names.push_back(key);
  }
  return names;
}

void JsonObject::finish() const {
  for (const auto& [key, unused] : value_.items()) {
    if (asked_.count(key) != 0) continue;
    std::set<std::string> known = asked_;
    known.insert(known_.begin(), known_.end());
    known.erase(key);
    throw JsonError::unknown_key(origin_, path_.key(key), {known.begin(), known.end()});
  }
}

std::vector<std::string> json_strings(const Json& value, const std::string& origin,
                                      const JsonPath& path) {
  const std::string expected = "an array of strings";
  if (!value.is_array()) {
    throw JsonError(origin, path, "is " + type_of(value) + ", expected " + expected,
                    remedy_for_json(value, expected));
  }
  std::vector<std::string> out;
  for (size_t i = 0; i < value.size(); ++i) {
    if (!value[i].is_string()) {
      throw JsonError(origin, path.element(i), "is " + type_of(value[i]) + ", expected a string",
                      remedy_for_json(value[i], "a string"));
    }
    out.push_back(value[i].get<std::string>());
    if (out.back().find('\0') != std::string::npos) {
      throw JsonError(origin, path.element(i), "contains a NUL character", "remove it");
    }
  }
  return out;
}

}  // namespace rind
