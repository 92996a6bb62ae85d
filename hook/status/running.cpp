#include "hook/status/running.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>
#include <map>

#include "common/base/error.h"
#include "common/base/json.h"
#include "common/base/look.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "hook/check/check_install.h"

namespace rind::hook {
namespace {

std::string proc(pid_t pid, const std::string& file) {
  return "/proc/" + std::to_string(pid) + "/" + file;
}

// "" when the process has ended, or belongs to a user whose processes this one cannot read.
std::string text_of(const std::string& path) {
  try {
    return sys::try_read_file(path, kTextLimit).value_or("");
  } catch (const Error&) {
    return {};
  }
}

// The text of a file that a process of `owner` names; nothing unless it is a regular file of that
// user (any user's file if `owner` is root). Another file could be a pipe or /proc/kmsg, which
// block, or a device, where reading has effects. A symlink could lead to such a file.
std::optional<std::string> text_of_owner(const std::string& path, uid_t owner) {
  try {
    const Fd file = sys::open(AT_FDCWD, path, O_PATH | O_NOFOLLOW);
    const struct stat st = sys::stat_fd(file.get(), path);
    if (!S_ISREG(st.st_mode) || (owner != 0 && st.st_uid != owner)) return std::nullopt;
    const std::string self = "/proc/self/fd/" + std::to_string(file.get());
    return sys::read_all(sys::open(AT_FDCWD, self, O_RDONLY | O_NONBLOCK).get(), kConfigLimit,
                         path);
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::vector<std::string> words_of(const std::string& path) {
  std::string text = text_of(path);
  if (!text.empty() && text.back() == '\0') text.pop_back();
  return text.empty() ? std::vector<std::string>{} : split(text, '\0');
}

// The value of `label` in /proc/PID/status; "" when there is none.
std::string status_of(pid_t pid, const std::string& label) {
  for (const auto& line : split(text_of(proc(pid, "status")), '\n')) {
    if (line.starts_with(label + ":\t")) return line.substr(label.size() + 2);
  }
  return {};
}

// The process's pids, from this pid namespace to its own: two for a process in a container.
std::vector<std::string> numbers_of(pid_t pid) {
  const std::string numbers = status_of(pid, "NSpid");
  return numbers.empty() ? std::vector<std::string>{} : split(numbers, '\t');
}

// True when `user` created the user namespace of process `pid`. A state file of a user's runtime
// counts only for that user's containers.
bool is_of_user(pid_t pid, uid_t user) {
  uid_t owner = 0;
  try {
    const Fd ns = sys::open(AT_FDCWD, proc(pid, "ns/user"), O_RDONLY);
    if (::ioctl(ns.get(), NS_GET_OWNER_UID, &owner) != 0) return false;
  } catch (const SysError&) {
    return false;
  }
  return owner == user;
}

// True when the process has its own mount namespace. A process in this one is not a container.
bool has_other_mounts(pid_t pid) {
  struct stat own = {}, its = {};
  return sys::try_stat("/proc/self/ns/mnt", own) && sys::try_stat(proc(pid, "ns/mnt"), its) &&
         own.st_ino != its.st_ino;
}

bool is_first_of_container(pid_t pid) {
  const auto numbers = numbers_of(pid);
  return numbers.size() == 2 && numbers[1] == "1";
}

std::vector<pid_t> all_processes() {
  std::vector<pid_t> pids;
  const Fd top = sys::open(AT_FDCWD, "/proc", O_PATH | O_DIRECTORY);
  sys::for_each_entry(top.get(), "/proc", [&](const dirent& entry) {
    if (entry.d_name[0] >= '1' && entry.d_name[0] <= '9') pids.push_back(std::atoi(entry.d_name));
    return true;
  });
  return pids;
}

void add(std::map<pid_t, Running>& found, Running container) {
  if (container.pid <= 0) return;
  Running& known = found[container.pid];
  known.pid = container.pid;
  const auto fill = [](std::string& target, std::string& value) {
    if (target.empty()) target = std::move(value);
  };
  fill(known.id, container.id);
  fill(known.engine, container.engine);
  fill(known.bundle, container.bundle);
  if (known.config_path.empty()) {
    known.config_path = std::move(container.config_path);
    known.config_owner = container.config_owner;
  }
}

// Opens conmon's files through conmon's root: a rootless podman has its own mount namespace.
void add_of_conmon(std::map<pid_t, Running>& found, pid_t pid) {
  const auto call = conmon_call(words_of(proc(pid, "cmdline")));
  // A process in a container could pretend to be the conmon of another container.
  if (!call || numbers_of(pid).size() != 1) return;
  const std::string root = proc(pid, "root");
  // The real uid: a user who starts a setuid program chooses its name and arguments.
  const std::string user = split(status_of(pid, "Uid"), '\t')[0];
  if (user.empty()) return;  // it has ended
  const auto owner = static_cast<uid_t>(std::strtoul(user.c_str(), nullptr, 10));
  const auto number = text_of_owner(root + call->pid_file, owner);
  const pid_t first = number ? std::atoi(number->c_str()) : 0;
  // conmon is the parent of its container's first process. A fake conmon has no such child.
  if (first <= 0 || status_of(first, "PPid") != std::to_string(pid) || !has_other_mounts(first)) {
    return;
  }
  add(found, {first, call->id, call->engine, call->bundle, root + call->bundle, owner});
}

// Adds the containers in the state files DIRECTORY/ID/FILE of crun or runc. user: the directory's
// owner.
void add_of_runtime(std::map<pid_t, Running>& found, const std::string& directory,
                    const std::string& file, uid_t user) {
  for (const auto& id : names_of_directories(directory)) {
    const auto text = text_of_owner(directory + "/" + id + "/" + file, user);
    if (!text) continue;
    try {
      auto container = running_by_state(parse_json(*text, id), id);
      if (!container || (user != 0 && !is_of_user(container->pid, user))) continue;
      container->config_owner = user;
      add(found, *container);
    } catch (const Error&) {
      // The file is being written, or is not a runtime's. /proc shows the container anyway.
    }
  }
}

void add_of_runtimes(std::map<pid_t, Running>& found) {
  const auto add_below = [&](const std::string& top, uid_t user) {
    add_of_runtime(found, top + "/crun", "status", user);
    add_of_runtime(found, top + "/runc", "state.json", user);
  };
  for (const auto& name : names_of_directories("/run/user")) {
    const auto user = static_cast<uid_t>(std::strtoul(name.c_str(), nullptr, 10));
    if (user != 0) add_below("/run/user/" + name, user);
  }
  add_below("/run", 0);
}

std::string member_text(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

// runc stores the bundle in a label of its configuration.
std::string bundle_of_runc(const Json& state) {
  const auto config = state.find("config");
  if (config == state.end() || !config->is_object() || !config->contains("labels")) return {};
  for (const auto& label : config->at("labels")) {
    if (label.is_string() && label.get<std::string>().starts_with("bundle=")) {
      return label.get<std::string>().substr(7);
    }
  }
  return {};
}

}  // namespace

std::optional<ConmonCall> conmon_call(const std::vector<std::string>& arguments) {
  if (arguments.empty() || base_name(arguments[0]) != "conmon") return std::nullopt;
  ConmonCall call;
  for (size_t i = 1; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    // This conmon belongs to an exec session.
    if (word == "-e" || word == "--exec" || word == "--exec-attach") return std::nullopt;
    if (word.ends_with("/podman")) call.engine = "podman";
    if (word.ends_with("/crio")) call.engine = "cri-o";
    if (i + 1 == arguments.size()) break;
    if (word == "-c" || word == "--cid")
      call.id = arguments[++i];
    else if (word == "-b" || word == "--bundle")
      call.bundle = arguments[++i];
    else if (word == "-p" || word == "--container-pidfile")
      call.pid_file = arguments[++i];
  }
  if (call.bundle.empty() || call.pid_file.empty() || call.pid_file[0] != '/') return std::nullopt;
  return call;
}

std::optional<Running> running_by_state(const Json& state, const std::string& id) {
  if (!state.is_object()) return std::nullopt;
  Running container;
  container.id = id;
  for (const char* key : {"pid", "init_process_pid"}) {
    const auto pid = state.find(key);
    if (pid != state.end() && pid->is_number_integer()) container.pid = pid->get<pid_t>();
  }
  if (container.pid <= 0) return std::nullopt;
  container.bundle = member_text(state, "bundle");
  if (container.bundle.empty()) container.bundle = bundle_of_runc(state);
  container.config_path = container.bundle;
  if (id.starts_with("buildah-")) container.engine = "buildah";
  return container;
}

std::vector<Running> running_containers() {
  std::map<pid_t, Running> found;
  for (const pid_t pid : all_processes()) {
    if (is_first_of_container(pid)) add(found, {pid, {}, {}, {}, {}});
    add_of_conmon(found, pid);
  }
  add_of_runtimes(found);
  std::vector<Running> containers;
  for (auto& [pid, container] : found) {
    struct stat st = {};
    if (sys::try_stat(proc(pid, "ns"), st)) containers.push_back(std::move(container));
  }
  return containers;
}

Config config_of(const Running& container, bool& from_bundle) {
  const std::string file = container.config_path + "/config.json";
  const auto text =
      container.config_path.empty() ? std::nullopt : text_of_owner(file, container.config_owner);
  from_bundle = text.has_value();
  if (from_bundle) return parse_config(parse_json(*text, file), container.config_path);
  Config config;
  config.arguments = words_of(proc(container.pid, "cmdline"));
  config.environment = words_of(proc(container.pid, "environ"));
  return config;
}

std::string started_at(pid_t pid) {
  // PID (NAME) STATE ...: field 22 is the start time in clock ticks since boot (proc(5)).
  constexpr size_t kStartAfterState = 19;
  const std::string stat = text_of(proc(pid, "stat"));
  const size_t name_end = stat.rfind(')');
  if (name_end == std::string::npos || name_end + 2 >= stat.size()) return {};
  const auto fields = split(stat.substr(name_end + 2), ' ');
  if (fields.size() <= kStartAfterState) return {};
  long long booted = 0;
  for (const auto& line : split(text_of("/proc/stat"), '\n')) {
    if (line.starts_with("btime ")) booted = std::atoll(line.c_str() + 6);
  }
  const time_t start = static_cast<time_t>(booted + std::atoll(fields[kStartAfterState].c_str()) /
                                                        ::sysconf(_SC_CLK_TCK));
  struct tm utc = {};
  char text[32];
  if (::gmtime_r(&start, &utc) == nullptr) return {};
  return std::string(text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc));
}

}  // namespace rind::hook
