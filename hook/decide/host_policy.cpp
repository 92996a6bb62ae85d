#include "hook/decide/host_policy.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "common/base/error.h"
#include "common/base/json.h"
#include "common/base/look.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "common/policy/parse_step_keys.h"
#include "hook/embedded_defaults.h"

namespace rind::hook {
namespace {

constexpr const char* kRootsOwnMap = "4294967295";

constexpr size_t kMapLimit = 64 * 1024;

// The users whose policy files are trusted: root and the user who runs the engine. In a user
// namespace, files of the host's root appear to belong to the overflow uid.
class Owners {
 public:
  bool trusted(uid_t uid) {
    if (uid == 0 || uid == ::geteuid()) return true;
    if (!looked_) look();
    return in_user_namespace_ && uid == overflow_;
  }

 private:
  void look() {
    looked_ = true;
    if (sys::read_file("/proc/self/uid_map", kMapLimit).find(kRootsOwnMap) != std::string::npos)
      return;
    overflow_ =
        static_cast<uid_t>(std::stoul(sys::read_file("/proc/sys/kernel/overflowuid", kMapLimit)));
    in_user_namespace_ = true;
  }

  uid_t overflow_ = 0;
  bool looked_ = false, in_user_namespace_ = false;
};

void require_trusted_place(const std::string& path, Owners& owners) {
  struct stat st = {};
  // stat, not lstat: the policy is read through links.
  if (::stat(path.c_str(), &st) != 0) throw_errno("stat", path);
  const bool is_directory = S_ISDIR(st.st_mode);
  const bool sticky = is_directory && (st.st_mode & S_ISVTX) != 0;
  const bool open = (st.st_mode & (S_IWGRP | S_IWOTH)) != 0 && !sticky;
  if (!open && owners.trusted(st.st_uid)) return;
  throw Error(
      "trust " + path,
      open ? "users other than its owner can write it: they can decide what is isolated on this "
             "host"
           : "it belongs to uid " + std::to_string(st.st_uid) +
                 ": that user can decide what is isolated on this host",
      "run: chown root " + path + "; chmod go-w " + path);
}

}  // namespace

std::vector<std::string> require_trusted(const PolicyFiles& files) {
  Owners owners;
  require_trusted_place(files.defaults, owners);
  struct stat st = {};
  const bool there = sys::try_stat(files.directory, st);
  if (!there && errno != ENOENT) throw_errno("stat", files.directory);
  if (!there && files.directory_is_named) {
    throw Error("read the policy in " + files.directory, "there is no such directory",
                "pass the directory that contains policy.json to --config");
  }
  if (!there) return {};
  require_trusted_place(files.directory, owners);
  std::vector<std::string> found = operator_files(files);
  for (const auto& file : found) {
    const std::string parent = parent_of(file);
    if (parent != files.directory) require_trusted_place(parent, owners);
    require_trusted_place(file, owners);
  }
  return found;
}

LoadedPolicy load_host_policy(const PolicyFiles& files) {
  require_trusted(files);
  return load_policy(files);
}

HostPolicy HostPolicy::load(const PolicyFiles& files, Rules rules) {
  const std::vector<std::string> found = require_trusted(files);
  std::vector<std::string> keys = {"containers"};
  if (rules == Rules::kOfSeams) keys = {"containers", "seams", "identity", "lend", "record"};
  HostPolicy policy;
  policy.partial_ = load_partial_policy(files, found, kKnownDefaults, keys);
  if (!policy.partial_) policy.loaded_ = load_policy(files);
  return policy;
}

LoadedPolicy HostPolicy::whole() const {
  return loaded_ ? *loaded_ : complete(*partial_, kKnownDefaults);
}

KitPolicy HostPolicy::for_kit() const {
  if (partial_ && partial_->patches.empty()) return {default_document(), default_policy()};
  const LoadedPolicy all = whole();
  return {all.document->dump(), all.policy};
}

LoadedPolicy embedded_policy() {
  const char* const origin = "the built-in defaults";
  LoadedPolicy loaded;
  loaded.document = std::make_shared<Json>(parse_json(kEmbeddedDefaults, origin));
  loaded.policy = parse_policy(*loaded.document, origin);
  return loaded;
}

std::vector<ContainerRules> rules_without_policy(const PolicyFiles& files) {
  const LoadedPolicy defaults = embedded_policy();
  std::vector<ContainerRules> rules = {defaults.policy.containers};
  const auto add = [&](const std::string& file, const char* key) {
    try {
      const Json patch = read_json_file(file, kPolicyLimit);
      if (!patch.is_object() || !patch.contains("containers")) return;
      const Json& containers = patch.at("containers");
      if (!containers.is_object() || !containers.contains(key)) return;
      Json merged = *defaults.document;
      merged["containers"][key] = containers.at(key);
      rules.push_back(parse_policy(merged, file).containers);
    } catch (const Error&) {
      // This key cannot be parsed; the others may be valid.
    }
  };
  std::vector<std::string> readable = {files.directory + "/policy.json"};
  try {
    readable = operator_files(files);
  } catch (const Error&) {
    // policy.d cannot be read; policy.json may be readable.
  }
  for (const auto& file : readable) {
    for (const char* key : {"annotation", "commands", "environment"}) add(file, key);
  }
  return rules;
}

}  // namespace rind::hook
