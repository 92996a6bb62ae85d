// An error in a JSON document, with the path of the key that is wrong.
//
// The path is kept beside the message, so that a caller who knows the files can add line and column
// (common/policy/locate.h).
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/base/error.h"

namespace rind {

// The keys that lead to a value of a document. An element of an array has its index as key. Cheap
// to make and to copy: only an error asks for its text.
class JsonPath {
 public:
  JsonPath key(const std::string& name) const { return JsonPath({last_, name, false}); }
  JsonPath element(size_t index) const { return JsonPath({last_, std::to_string(index), true}); }
  // This path, then `below`.
  JsonPath joined(const JsonPath& below) const;

  std::vector<std::string> keys() const;
  // For people: views./a.size, packages[0]; empty at the top.
  std::string text() const;
  bool empty() const { return last_ == nullptr; }

  JsonPath() = default;

 private:
  struct Part {
    std::shared_ptr<const Part> before;
    std::string name;
    bool element;
  };
  explicit JsonPath(Part part) : last_(std::make_shared<const Part>(std::move(part))) {}

  std::shared_ptr<const Part> last_;
};

class JsonError : public Error {
 public:
  // origin: the document, for people. why: without the path; the message has it in front.
  JsonError(const std::string& origin, const JsonPath& path, const std::string& why,
            const std::string& remedy = {});

  // The error of a key that nothing reads. known: the keys of the same object.
  static JsonError unknown_key(const std::string& origin, const JsonPath& path,
                               const std::vector<std::string>& known);

  const std::string& origin() const { return origin_; }
  const std::vector<std::string>& keys() const { return keys_; }
  // True for unknown_key, unless a similar key is known.
  bool is_strange_key() const { return is_strange_key_; }

  // The same error, for a document that came from a patch: the keys of the patch may lead to the
  // value, too. Of several, the outermost is added last.
  JsonError of_patch(const std::vector<std::string>& keys_of_patch) const;
  const std::vector<std::vector<std::string>>& patches() const { return patches_; }

 private:
  std::string origin_;
  std::vector<std::string> keys_;
  std::vector<std::vector<std::string>> patches_;
  bool is_strange_key_ = false;
};

// The one of `known` that `word` probably stands for; "" when none is similar. Letter case,
// missing, superfluous, wrong and exchanged characters count.
std::string similar_word(const std::string& word, const std::vector<std::string>& known);

// "did you mean "..."?" for similar_word; otherwise "".
std::string did_you_mean(const std::string& word, const std::vector<std::string>& known);

}  // namespace rind
