#include "hook/check/check_install.h"

#include <dirent.h>
#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "common/base/error.h"
#include "common/base/look.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "hook/check/check_policy.h"
#include "hook/check/check_versions.h"
#include "hook/container/libmount.h"
#include "hook/decide/host_policy.h"
#include "hook/kit/helper_file.h"
#include "hook/kit/host_record.h"
#include "hook/paths.h"

namespace rind::hook {
namespace {

using Outcome = Finding::State;

// Throws Error unless only root can change `path`: another user could become root when the next
// container starts.
void require_only_root_changes(const std::string& path) {
  struct stat st = {};
  if (::lstat(path.c_str(), &st) != 0) throw_errno("stat", path);
  const bool closed = S_ISLNK(st.st_mode) || (st.st_mode & (S_IWGRP | S_IWOTH)) == 0;
  // In a sticky directory such as /tmp, other users cannot rename root's files.
  const bool sticky = S_ISDIR(st.st_mode) && (st.st_mode & S_ISVTX) != 0;
  if (st.st_uid == 0 && (closed || sticky)) return;
  throw Error(
      "trust " + path,
      "users other than root can change it: they can control every builder and, through the "
      "hook, this host",
      "run: chown root " + path + "; chmod go-w " + path + "; or install rind again");
}

void require_plain(const std::string& path) {
  struct stat st = {};
  if (!sys::try_lstat(path, st)) {
    if (errno == ENOENT) throw Error("find " + path, "it does not exist", "install rind again");
    throw_errno("stat", path);
  }
  if (!S_ISREG(st.st_mode) || (st.st_mode & 07777U) != 0755) {
    throw Error("use " + path, "it is not a regular file of mode 0755", "install rind again");
  }
  if (::lgetxattr(path.c_str(), "security.capability", nullptr, 0) >= 0) {
    throw Error("use " + path, "it has file capabilities",
                "run: setcap -r " + path + "; or install rind again");
  }
  if (path.empty() || path[0] != '/') {
    throw Error("use " + path, "it is not an absolute path", "give the absolute path");
  }
  std::string part = path;
  for (;;) {
    require_only_root_changes(part);
    if (part == "/") return;
    part = parent_of(part);
  }
}

// The hook loads this library where it does not know the form of a builder's mount table.
std::string check_libmount() {
  const LibMount table;
  return "libmount.so.1 has what the hook needs";
}

std::string head_of(const std::string& path) {
  constexpr size_t kHead = 4096;
  const Fd file = sys::open(AT_FDCWD, path, O_RDONLY);
  std::string head(kHead, '\0');
  const ssize_t n = ::read(file.get(), head.data(), head.size());
  if (n < 0) throw_errno("read", path);
  head.resize(static_cast<size_t>(n));
  return head;
}

// The program starts on this host, and is of the same release. Its file system may be mounted
// noexec, it may be damaged, or of another processor.
void require_release(const std::string& path, const std::string& says) {
  const ProgramOutput output = version_output(path);
  if (output.text == says + "\n") return;
  const std::string line = output.text.substr(0, output.text.find('\n'));
  throw Error(
      "run " + path + " --version",
      output.started ? "it prints \"" + line + "\", expected \"" + says + "\""
                     : "it cannot be executed: " + output.trouble,
      "install rind again, both programs from one package, on a file system without noexec");
}

std::string check_helper(const std::string& path) {
  require_plain(path);
  require_helper(path);
  const ElfKind kind = elf_kind(head_of(path));
  if (!kind.is_elf || kind.has_interpreter) {
    throw Error("use " + path, "it is not a static program and would need libraries of the image",
                "install a helper that was built with -DRIND_STATIC_HELPER=ON");
  }
  // By another name it would take the call of a seam.
  if (base_name(path) == "rind") require_release(path, "rind " RIND_VERSION);
  return path + ", static, mode 0755, no file capability";
}

std::string check_hook(const std::string& path) {
  require_plain(path);
  if (!elf_kind(head_of(path)).is_elf)
    throw Error("use " + path, "it is not an ELF program", "install rind again");
  require_release(path, "rind-hook " RIND_VERSION);
  return path + ", mode 0755, no file capability";
}

// If the policy keeps records on the host, the hook refuses builders when it cannot write there.
std::string check_record(const PolicyFiles& files) {
  const LoadedPolicy loaded = load_host_policy(files);
  std::string found;
  const auto check_directory = [&](const Policy& policy, const std::string& whose) {
    if (policy.record.place != RecordRules::Place::kHost) return;
    require_record_place(policy.record.directory);
    found += (found.empty() ? "" : ", ") + policy.record.directory + whose;
  };
  check_directory(loaded.policy, "");
  for (const auto& choice : loaded.policy.choices) {
    check_directory(policy_of_choice(loaded, choice.name).policy, " (choices." + choice.name + ")");
  }
  return found.empty() ? "the policy keeps no records on the host" : "records in " + found;
}

template <typename Bytes>
bool copy_at(const std::string& head, uint64_t offset, Bytes& out) {
  if (offset > head.size() || head.size() - offset < sizeof out) return false;
  std::memcpy(&out, head.data() + offset, sizeof out);
  return true;
}

}  // namespace

ElfKind elf_kind(const std::string& head) {
  Elf64_Ehdr header = {};
  if (!copy_at(head, 0, header) || std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 ||
      header.e_ident[EI_CLASS] != ELFCLASS64) {
    return {};
  }
  ElfKind kind{true, false};
  for (unsigned i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment = {};
    if (!copy_at(head, header.e_phoff + uint64_t{i} * header.e_phentsize, segment)) return {};
    kind.has_interpreter = kind.has_interpreter || segment.p_type == PT_INTERP;
  }
  return kind;
}

std::vector<std::string> names_in(const std::string& directory, const std::string& suffix) {
  std::vector<std::string> names;
  try {
    const Fd fd = sys::open(AT_FDCWD, directory, O_PATH | O_DIRECTORY);
    sys::for_each_entry(fd.get(), directory, [&](const dirent& entry) {
      const std::string name = entry.d_name;
      if (name.ends_with(suffix) && sys::entry_type(fd.get(), entry) != DT_DIR) {
        names.push_back(name);
      }
      return true;
    });
  } catch (const SysError& e) {
    if (e.code() != ENOENT && e.code() != ENOTDIR) throw;
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> names_of_directories(const std::string& directory) {
  std::vector<std::string> names;
  try {
    const Fd fd = sys::open(AT_FDCWD, directory, O_PATH | O_DIRECTORY);
    sys::for_each_entry(fd.get(), directory, [&](const dirent& entry) {
      if (sys::entry_type(fd.get(), entry) == DT_DIR) names.emplace_back(entry.d_name);
      return true;
    });
  } catch (const SysError& e) {
    if (e.code() != ENOENT && e.code() != ENOTDIR && e.code() != EACCES) throw;
  }
  return names;
}

std::vector<HookFile> find_hook_files(const std::vector<std::string>& directories,
                                      const std::string& hook_path) {
  std::vector<HookFile> files;
  for (const auto& directory : directories) {
    for (const auto& name : names_in(directory, ".json")) {
      const auto text = sys::try_read_file(directory + "/" + name, kTextLimit);
      if (!text) continue;  // a dangling symlink
      HookFile file = parse_hook_file(directory, name, *text, hook_path);
      struct stat st = {};
      file.executable = sys::try_stat(file.program, st) && S_ISREG(st.st_mode) &&
                        sys::may_access(file.program, X_OK);
      files.push_back(std::move(file));
    }
  }
  return files;
}

std::vector<ConfigFile> read_config_files(const std::vector<std::string>& places) {
  std::vector<ConfigFile> files;
  for (const auto& place : places) {
    if (!place.ends_with("/")) {
      if (const auto text = sys::try_read_file(place, kTextLimit)) files.emplace_back(place, *text);
      continue;
    }
    for (const auto& name : names_in(place, ".conf")) {
      if (const auto text = sys::try_read_file(place + name, kTextLimit))
        files.emplace_back(place + name, *text);
    }
  }
  return files;
}

Findings check_installed(const HostPaths& paths, const std::string& hook_path) {
  Findings findings = {look_at("install.helper", [&] { return check_helper(paths.helper); }),
                       look_at("install.hook", [&] { return check_hook(hook_path); }),
                       look_at("install.libmount", check_libmount)};
  Findings of_policy = check_policy(paths.policy);
  // Without a valid policy, the directory for records is not known.
  const bool valid = of_policy.front().state == Outcome::kOk;
  for (auto& finding : of_policy) findings.push_back(std::move(finding));
  if (valid) {
    findings.push_back(look_at("install.record", [&] { return check_record(paths.policy); }));
  }
  return findings;
}

}  // namespace rind::hook
