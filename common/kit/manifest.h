// The kit: what the hook puts under /dev/rind of a builder container, and the helper finds there.
//
//   /dev/rind/rind           the helper
//   /dev/rind/policy.json    the policy in effect, merged
//   /dev/rind/manifest.json  what the hook did and knows (Manifest)
//   /dev/rind/originals/N    the N-th covered file as it was; of a Python interpreter with a prefix
//                            of its own, that prefix: it may find its libraries by $ORIGIN
//   /dev/rind/entry.json     where the policy narrows the environment (kit_entry.h)
//   /dev/rind/leases/N       one file a lease, to be flock'ed
//   /dev/rind/record.jsonl   where the policy wants records on the host: this container's file
//   there /dev/rind/anchor/        the anchor, buried under an empty directory of mode 0
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
inline constexpr size_t kManifestLimit = 1024 * 1024;

// kEntry: covered for the environment of the container's first process alone (common/kit/entry.h).
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
};

// A directory of a file system, as mount tables have it: "254:0", "/".
struct HostPlace {
  std::string device, root;
  bool operator==(const HostPlace&) const = default;
};

struct Manifest {
  std::vector<Seam> seams;
  std::vector<std::string> masked_paths;  // config.json's linux.maskedPaths
  // Destinations of bind mounts whose source on the host is a socket.
  std::vector<std::string> sockets;
  // Where the host's root directory lies. No step sees a mount that holds one of them.
  std::vector<HostPlace> host_places;
  // config.json's environment: name to SHA-256 of the value. The values are secrets. "" for what
  // narrow.environment takes from the container: of that, no value is anything but its own.
  std::map<std::string, std::string> environment;
  // The directories of the container's own PATH (config.json's), absolute: what lies in them the
  // operator and the image chose.
  std::vector<std::string> path;
  // Directories of the environments that are the image's own, with wildcards per component.
  std::vector<std::string> environments;
  // The container's values of the variables that the policy's views name: what they hide is hidden
  // also from a step that was given another value, or none.
  std::map<std::string, std::string> variables;
};

Json to_json(const Manifest& manifest);
// Throws Error on anything that to_json does not write.
Manifest parse_manifest(const Json& value, const std::string& origin);

}  // namespace rind::kit
