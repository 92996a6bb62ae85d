#include "common/base/json_error.h"

#include <algorithm>

namespace rind {
namespace {

std::string folded(std::string text) {
  for (char& c : text) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c == '-' || c == ' ' ? '_' : c;
  }
  return text;
}

// The optimal string alignment distance: how many characters to insert, remove, replace, or
// exchange with their neighbour.
size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::vector<size_t>> rows(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) rows[i][0] = i;
  for (size_t j = 0; j <= b.size(); ++j) rows[0][j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      rows[i][j] = std::min({rows[i - 1][j] + 1, rows[i][j - 1] + 1, replaced});
      const bool exchanged = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (exchanged) rows[i][j] = std::min(rows[i][j], rows[i - 2][j - 2] + 1);
    }
  }
  return rows[a.size()][b.size()];
}

// One word begins with the other: "hidden" for "hide" does not, "limit" for "limits" does.
bool shares_start(const std::string& a, const std::string& b) {
  constexpr size_t kShortest = 3;
  const size_t shorter = std::min(a.size(), b.size());
  return shorter >= kShortest && a.compare(0, shorter, b, 0, shorter) == 0;
}

constexpr size_t kLongestWord = 64;

}  // namespace

JsonPath JsonPath::joined(const JsonPath& below) const {
  if (below.empty()) return *this;
  JsonPath before;
  before.last_ = below.last_->before;
  return JsonPath({joined(before).last_, below.last_->name, below.last_->element});
}

std::vector<std::string> JsonPath::keys() const {
  std::vector<std::string> keys;
  for (const Part* part = last_.get(); part != nullptr; part = part->before.get()) {
    keys.insert(keys.begin(), part->name);
  }
  return keys;
}

std::string JsonPath::text() const {
  std::string text;
  for (const Part* part = last_.get(); part != nullptr; part = part->before.get()) {
    const std::string dot = part->before == nullptr ? "" : ".";
    text = (part->element ? "[" + part->name + "]" : dot + part->name) + text;
  }
  return text;
}

JsonError::JsonError(const std::string& origin, const JsonPath& path, const std::string& why,
                     const std::string& remedy)
    : Error("read " + origin, (path.empty() ? "the top level" : path.text()) + " " + why, remedy),
      origin_(origin),
      keys_(path.keys()) {}

JsonError JsonError::unknown_key(const std::string& origin, const JsonPath& path,
                                 const std::vector<std::string>& known) {
  std::string remedy = did_you_mean(path.keys().back(), known);
  const bool strange = remedy.empty();
  if (strange) {
    std::string all;
    for (const auto& key : known) all += (all.empty() ? "" : ", ") + key;
    remedy =
        all.empty() ? "remove it" : "remove it, or use one of the keys that are known here: " + all;
  }
  JsonError error(origin, path, "is not a known key", remedy);
  error.is_strange_key_ = strange;
  return error;
}

JsonError JsonError::of_patch(const std::vector<std::string>& keys_of_patch) const {
  JsonError error = *this;
  error.patches_.push_back(keys_of_patch);
  return error;
}

std::string similar_word(const std::string& word, const std::vector<std::string>& known) {
  if (word.empty() || word.size() > kLongestWord) return {};
  const std::string wrong = folded(word);
  std::string best;
  size_t best_distance = 0;
  for (const auto& candidate : known) {
    const std::string right = folded(candidate);
    size_t changes = distance(wrong, right);
    // A third of the characters may be wrong. A word that another one begins with counts as near.
    const size_t limit = std::max<size_t>(1, std::max(wrong.size(), right.size()) / 3);
    if (changes > limit && shares_start(wrong, right)) changes = limit;
    if (changes > limit || (!best.empty() && changes >= best_distance)) continue;
    best = candidate;
    best_distance = changes;
  }
  return best;
}

std::string did_you_mean(const std::string& word, const std::vector<std::string>& known) {
  const std::string similar = similar_word(word, known);
  return similar.empty() ? "" : "did you mean \"" + similar + "\"?";
}

}  // namespace rind
