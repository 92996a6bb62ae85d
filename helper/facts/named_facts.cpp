#include "helper/facts/named_facts.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cstdint>
#include <utility>

#include "common/base/error.h"
#include "common/base/look.h"
#include "common/base/resolve.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "helper/facts/interpreter_facts.h"
#include "helper/facts/links.h"
#include "helper/facts/paths.h"

namespace rind {
namespace {

Owner owner_of(const std::string& path) {
  struct stat st = {};
  if (::stat(path.c_str(), &st) != 0) throw_errno("stat", path);
  return {st.st_uid, st.st_gid};
}

// Adds a file or directory that the step sees, with the content where other users may not read it.
void show_part(Facts& facts, const std::string& path, bool directory, size_t& budget,
               const std::string& listed_in = {}) {
  std::optional<std::string> content;
  if (!directory) content = content_of_closed(path, budget);
  const bool unreadable = !content && is_closed_to_others(path, directory);
  facts.named.push_back({path, directory, std::move(content), listed_in});
  if (unreadable) facts.unreadable.push_back(path);
}

// What is shown of one directory that only its owner may search.
struct Listing {
  static constexpr size_t kMostEntries = 256;  // of a directory that a front end has made
  std::string top;
  bool deep = false;  // also the entries of such directories in it
  size_t entries = 0;
};

// Adds `directory`, which is the listing's top or lies in it, and its entries.
void list(Facts& facts, const std::string& directory, Listing& listing, size_t& budget) {
  const std::string listed_in = directory == listing.top ? "" : listing.top;
  facts.named.push_back({directory, true, std::nullopt, listed_in});
  facts.listed.push_back(directory);
  facts.closed[directory] = owner_of(directory);
  std::vector<std::string> closed;
  Fd opened = open_canonical(directory, O_PATH | O_DIRECTORY);
  sys::for_each_entry(opened.get(), directory, [&](const dirent& entry) {
    const std::string child = directory + "/" + entry.d_name;
    struct stat st = {};
    if (!sys::try_lstat(child, st)) return true;
    if (S_ISLNK(st.st_mode)) {
      facts.links.push_back({child, sys::read_link(AT_FDCWD, child)});
    } else if (listing.deep && S_ISDIR(st.st_mode) && (st.st_mode & 05) != 05) {
      closed.push_back(child);
    } else if (S_ISDIR(st.st_mode) || S_ISREG(st.st_mode)) {
      show_part(facts, child, S_ISDIR(st.st_mode), budget, listing.top);
    }
    if (++listing.entries < Listing::kMostEntries) return true;
    facts.unreadable.push_back(directory);
    return false;
  });
  opened = Fd();
  for (const auto& child : closed) {
    if (listing.entries < Listing::kMostEntries) {
      list(facts, child, listing, budget);
    } else {
      facts.unreadable.push_back(child);
    }
  }
}

}  // namespace

std::optional<std::string> content_of_closed(const std::string& path, size_t& budget) {
  struct stat st = {};
  if (!sys::try_stat(path, st) || !S_ISREG(st.st_mode) || (st.st_mode & S_IROTH) != 0 ||
      static_cast<uint64_t>(st.st_size) > budget) {
    return std::nullopt;
  }
  const Fd file = open_canonical(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  std::string content = sys::read_all(file.get(), budget, path);
  budget -= content.size();
  return content;
}

bool is_closed_to_others(const std::string& path, bool directory) {
  struct stat st = {};
  const mode_t needed = directory ? S_IROTH | S_IXOTH : S_IROTH;
  return sys::try_stat(path, st) && (st.st_mode & needed) != needed;
}

void show(Facts& facts, const std::string& path, size_t& budget, bool deep) {
  const PathFact fact = path_fact(path);
  const bool directory = fact.type == PathFact::Type::kDirectory;
  if (fact.canonical.empty() || fact.canonical == "/") return;
  if (!directory && fact.type != PathFact::Type::kFile) return;
  if (!directory || (fact.mode & 05) == 05) {
    return show_part(facts, fact.canonical, directory, budget);
  }
  Listing listing = {fact.canonical, deep};
  list(facts, fact.canonical, listing, budget);
}

void gather_named(Facts& facts, const Call& call, const Step& step, size_t& budget) {
  if (!call.by_interpreter) return;
  std::vector<std::string> paths = temporary_prefixes(call);
  const size_t prefixes = paths.size();
  for (auto& path : python_path(call)) paths.push_back(path);
  const size_t first_argument = paths.size();
  if (!call.hook) {
    for (auto& path : named_paths(call.python)) paths.push_back(path);
    if (call.installs) {
      for (auto& path : relative_paths(call.python)) {
        paths.push_back(working_directory() + "/" + path);
      }
    }
  }
  for (size_t at = 0; at < paths.size(); ++at) {
    const std::string& path = paths[at];
    if (path_fact(path).type == PathFact::Type::kAbsent) continue;
    const size_t first = facts.named.size();
    bool by_link = false;
    for (auto& link : links_on_the_way(path)) {
      by_link = by_link || parent_of(link.path) != "/";
      facts.links.push_back(std::move(link));
    }
    show(facts, path, budget, step.asks_interpreter);
    for (size_t i = first; i < facts.named.size(); ++i) facts.named[i].by_link = by_link;
    const bool of_pip = at < prefixes || (at < first_argument && is_pips_environment(path));
    if (of_pip && !by_link) facts.made_for_build.push_back(path_fact(path).canonical);
  }
}

}  // namespace rind
