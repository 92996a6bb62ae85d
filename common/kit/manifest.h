// The kit: the files that the hook puts into /dev/rind of a builder container, for the helper.
//
//   /dev/rind/rind           the helper
//   /dev/rind/policy.json    the policy of this container, merged
//   /dev/rind/first          what tells an interpreter's calls that are certainly no step, for the
//                            helper's first stage (common/kit/first_format.h)
//   /dev/rind/manifest.json  what the hook did and knows (Manifest)
//   /dev/rind/kit            both in the form that each step reads (common/kit/flat.h)
//   /dev/rind/originals/N/   has the original of covered file N, by its name. For a Python
//                            interpreter with its own prefix it is the whole prefix: it may find
//                            its libraries by $ORIGIN
//   /dev/rind/entry.json     only if the policy narrows the environment (common/kit/entry.h)
//   /dev/rind/ready/         what steps get clones of (common/kit/ready.h)
//   /dev/rind/leases/N       one file for each lease, to be flock'ed
//   /dev/rind/record.jsonl   only if the policy keeps records on the host: this container's file
//   /dev/rind/twins/ID/N     the twin of volume N for the lease of ID: an id-mapped mount in which
//                            that id and the container's root have changed places. Only the
//                            container's root can enter twins/
//   /dev/rind/anchor/        the anchor, covered by an empty directory of mode 0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/base/json_fwd.h"
#include "common/base/names.h"

namespace rind::kit {

inline constexpr const char* kName = "rind";  // below /dev
inline constexpr const char* kDirectory = "/dev/rind";
inline constexpr const char* kHelper = "/dev/rind/rind";
inline constexpr const char* kPolicy = "/dev/rind/policy.json";
inline constexpr const char* kManifest = "/dev/rind/manifest.json";
inline constexpr const char* kRecord = "/dev/rind/record.jsonl";
inline constexpr const char* kAnchor = "/dev/rind/anchor";
inline constexpr const char* kTwins = "/dev/rind/twins";
inline constexpr size_t kManifestLimit = 1024 * 1024;

// kEntry: covered only to narrow the first process's environment (common/kit/entry.h).
enum class SeamKind { kScript, kUnshare, kInterpreter, kEntry };
inline constexpr Name<SeamKind> kSeamKindNames[] = {{SeamKind::kScript, "script"},
                                                    {SeamKind::kUnshare, "unshare"},
                                                    {SeamKind::kInterpreter, "interpreter"},
                                                    {SeamKind::kEntry, "entry"}};
inline std::string to_string(SeamKind kind) { return name_of(kSeamKindNames, kind); }

// A file of the rootfs that the helper is mounted over.
struct Seam {
  SeamKind kind = SeamKind::kScript;
  std::string path;      // as the container sees it, canonical
  std::string original;  // in the kit, absolute
  bool operator==(const Seam&) const = default;
};

// A directory of a file system, in the form of mount tables: "254:0", "/".
struct HostPlace {
  std::string device, root;
  bool operator==(const HostPlace&) const = default;
};

// A writable volume from the host, and whether the kit has twins of it.
struct Volume {
  HostPlace place;
  std::string obstacle;  // why it has none; "" where it has them
  bool operator==(const Volume&) const = default;
};

struct Manifest {
  std::string container;  // its id, as the runtime calls it
  std::vector<Seam> seams;
  std::vector<std::string> masked_paths;  // config.json's linux.maskedPaths
  // Paths in the container of host sockets: destinations of bind mounts of sockets, and sockets in
  // mounted directories.
  std::vector<std::string> sockets;
  // The places of the host's root directory. Mounts that show one of them are hidden from steps.
  std::vector<HostPlace> host_places;
  // False where no mount shows the host, and none can come: then a step need not read the mount
  // table to hide them.
  bool may_show_host = true;
  // config.json's environment: name to SHA-256 of the value, because values may be secrets. "": the
  // policy removed this variable (narrow.environment); any value counts as the container's own.
  std::map<std::string, std::string> environment;
  // The absolute directories of the PATH in config.json: the operator and the image chose the
  // programs in them.
  std::vector<std::string> path;
  // Directories of Python environments that belong to the image, with wildcards per component.
  std::vector<std::string> environments;
  // SeamRules::refused_calls
  std::vector<std::vector<std::string>> refused_calls;
  // The container's values of the variables that the policy's views name. Their paths stay hidden
  // also from a step whose variable has another value, or none.
  std::map<std::string, std::string> variables;
  // The ids that have a twin of each volume without an obstacle, as the container numbers them.
  std::vector<unsigned> twin_ids;
  std::vector<Volume> volumes;
  bool operator==(const Manifest&) const = default;
};

// `path`, which is below kDirectory, relative to the kit's top.
inline std::string in_kit(const std::string& path) {
  return path.substr(std::char_traits<char>::length(kDirectory) + 1);
}

// The twin of volumes[volume] for the lease of `id`, absolute.
std::string twin_path(unsigned id, size_t volume);

Json to_json(const Manifest& manifest);
// Throws Error unless to_json could have written `value`.
Manifest parse_manifest(const Json& value, const std::string& origin);

}  // namespace rind::kit
