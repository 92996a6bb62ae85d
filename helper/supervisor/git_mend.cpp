#include "helper/supervisor/git_mend.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>

namespace rind {
namespace {

bool has_control_character(const std::string& text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t';
  });
}

// SECTION.NAME, and SECTION.*.NAME for any subsection.
constexpr std::array<std::string_view, 76> kInert = {"core.repositoryformatversion",
                                                     "core.filemode",
                                                     "core.bare",
                                                     "core.logallrefupdates",
                                                     "core.ignorecase",
                                                     "core.precomposeunicode",
                                                     "core.symlinks",
                                                     "core.autocrlf",
                                                     "core.eol",
                                                     "core.safecrlf",
                                                     "core.abbrev",
                                                     "core.quotepath",
                                                     "core.compression",
                                                     "core.loosecompression",
                                                     "core.untrackedcache",
                                                     "core.preloadindex",
                                                     "core.multipackindex",
                                                     "core.commitgraph",
                                                     "core.sharedrepository",
                                                     "core.checkstat",
                                                     "core.trustctime",
                                                     "core.fsync",
                                                     "core.longpaths",
                                                     "core.sparsecheckout",
                                                     "core.sparsecheckoutcone",
                                                     "core.bigfilethreshold",
                                                     "core.warnambiguousrefs",
                                                     "core.packedgitlimit",
                                                     "core.packedgitwindowsize",
                                                     "extensions.objectformat",
                                                     "extensions.compatobjectformat",
                                                     "extensions.refstorage",
                                                     "extensions.noop",
                                                     "extensions.preciousobjects",
                                                     "extensions.worktreeconfig",
                                                     "extensions.relativeworktrees",
                                                     "index.version",
                                                     "index.threads",
                                                     "index.sparse",
                                                     "user.name",
                                                     "user.email",
                                                     "user.useconfigonly",
                                                     "author.name",
                                                     "author.email",
                                                     "committer.name",
                                                     "committer.email",
                                                     "init.defaultbranch",
                                                     "color.ui",
                                                     "status.showuntrackedfiles",
                                                     "gc.auto",
                                                     "gc.autodetach",
                                                     "maintenance.auto",
                                                     "pack.threads",
                                                     "feature.manyfiles",
                                                     "pull.rebase",
                                                     "pull.ff",
                                                     "push.default",
                                                     "merge.ff",
                                                     "fetch.prune",
                                                     "diff.renames",
                                                     "diff.renamelimit",
                                                     "diff.algorithm",
                                                     "commit.gpgsign",
                                                     "tag.gpgsign",
                                                     "rerere.enabled",
                                                     "protocol.version",
                                                     "lfs.repositoryformatversion",
                                                     "branch.*.remote",
                                                     "branch.*.merge",
                                                     "branch.*.rebase",
                                                     "remote.*.url",
                                                     "remote.*.fetch",
                                                     "remote.*.tagopt",
                                                     "submodule.*.url",
                                                     "submodule.*.active",
                                                     "submodule.*.branch"};

// `name::rest` runs git-remote-name; a leading dash may be read as an option.
bool is_plain_location(const std::string& value) {
  return value.find("::") == std::string::npos && !value.starts_with('-');
}

std::string key_of(const GitEntry& entry) {
  const std::string middle = entry.subsection ? "." + *entry.subsection : "";
  return entry.section + middle + "." + entry.name;
}

std::vector<GitEntry> select(const std::vector<GitEntry>& entries, bool inert) {
  std::vector<GitEntry> out;
  std::copy_if(entries.begin(), entries.end(), std::back_inserter(out),
               [&](const GitEntry& entry) { return is_inert(entry) == inert; });
  return out;
}

void add_difference(std::vector<std::string>& keys, const std::vector<GitEntry>& some,
                    const std::vector<GitEntry>& others) {
  for (const auto& entry : some) {
    const std::string key = key_of(entry);
    const bool same = std::find(others.begin(), others.end(), entry) != others.end();
    if (!same && std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
  }
}

}  // namespace

bool is_inert(const GitEntry& entry) {
  const std::string value = entry.value.value_or("");
  if (has_control_character(value) || has_control_character(entry.subsection.value_or(""))) {
    return false;
  }
  const std::string key = entry.section + (entry.subsection ? ".*." : ".") + entry.name;
  if (key == "submodule.*.update") {
    return value == "checkout" || value == "rebase" || value == "merge" || value == "none";
  }
  if (std::find(kInert.begin(), kInert.end(), key) == kInert.end()) return false;
  const bool location = entry.name == "url" || entry.name == "remote";
  return !location || is_plain_location(value);
}

MendedConfig mend_git_config(const std::optional<std::string>& before, const std::string& after) {
  const auto left = parse_git_config(after);
  const auto had = parse_git_config(before.value_or(""));
  if (!had) return {*before, {"all of it"}};
  if (!left) return {before.value_or(""), {"all of it"}};
  const std::vector<GitEntry> was = select(*had, false), is = select(*left, false);
  // Always write it again: git must read exactly what was parsed here.
  if (was == is) return {format_git_config(*left), {}};
  MendedConfig mended;
  add_difference(mended.keys, is, was);
  add_difference(mended.keys, was, is);
  if (mended.keys.empty()) mended.keys.push_back(key_of(was.empty() ? is[0] : was[0]));
  std::vector<GitEntry> entries = was;
  for (auto& entry : select(*left, true)) entries.push_back(std::move(entry));
  mended.text = format_git_config(entries);
  return mended;
}

}  // namespace rind
