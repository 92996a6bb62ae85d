#include "helper/supervisor/credential_covers.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <utility>

#include "common/base/error.h"
#include "common/base/held.h"
#include "common/base/look.h"
#include "common/base/resolve.h"
#include "common/base/say.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "helper/supervisor/git_repository.h"
#include "helper/supervisor/twice.h"

namespace rind {
namespace {

constexpr const char* kWhat = "keep credentials out of the step's sight";
constexpr uint64_t kMostOfFile = uint64_t{4} << 20;
constexpr uint64_t kMostContent = uint64_t{64} << 20;
constexpr uint64_t kMostFiles = 100'000;
constexpr unsigned kDeepest = 32;

std::string joined(const std::string& directory, const std::string& name) {
  return directory + "/" + name;
}

Fd open_directory(const std::string& path) {
  try {
    return open_canonical(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  } catch (const SysError& e) {
    if (e.code() == ENOENT || e.code() == ENOTDIR || e.code() == ELOOP ||
        e.code() == ENAMETOOLONG) {
      return {};
    }
    throw;
  }
}

// Files of a git directory without text, some of them large.
bool is_data(const std::string& name) {
  return name.starts_with("index") || name == "packed-refs" || name == "shallow";
}

// True for a directory of a git directory that may have text files. depth: 0 for the top, which may
// be the top of a project, too.
bool may_have_text(const std::string& name, unsigned depth) {
  if (depth > 0) return name != "objects" && name != "refs" && name != "hooks";
  constexpr const char* kNames[] = {"logs", "modules", "worktrees", "remotes", "branches"};
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

// True for a text file of a git directory. A bare repository can be in the top of a project.
bool may_be_text(const std::string& name, unsigned depth, const std::string& directory) {
  if (is_data(name)) return false;
  return depth > 0 || base_name(directory) == ".git" || name.starts_with("config") ||
         name == "FETCH_HEAD" || name == "credentials";
}

bool is_shown(const Plan& plan, const std::string& path) {
  const PlannedView* view = deciding_view(plan, path);
  return view == nullptr || (view->kind == PlannedView::Kind::kView &&
                             view->view != View::kHidden && view->view != View::kPrivate);
}

bool is_writable(const Plan& plan, const std::string& path) {
  const PlannedView* view = deciding_view(plan, path);
  return view != nullptr && view->view == View::kRw;
}

// handle: opened with O_PATH. The step may have made the file read-only.
void overwrite(const Fd& handle, const std::string& content, const std::string& path) {
  const mode_t mode = sys::stat_fd(handle.get(), path).st_mode & 07777;
  if ((mode & S_IWUSR) == 0) sys::set_mode(handle.get(), mode | S_IWUSR, path);
  const Fd file = sys::open_held(handle.get(), O_WRONLY | O_TRUNC, path);
  sys::write_all(file.get(), content, path);
}

}  // namespace

void CredentialCovers::cover(const std::string& path, std::string content, int64_t modified) {
  content_ += content.size();
  if (content_ > kMostContent) {
    throw Error(kWhat, "the files with credentials have more than 64 MiB, at " + path,
                "remove the credentials from the repository's logs");
  }
  PlannedView view;
  view.path = path;
  view.kind = PlannedView::Kind::kFile;
  view.directory = false;
  view.content = std::move(content);
  view.modified = modified;
  view.rule = "without its credentials";
  // A file is inside of all views that lead to it.
  plan_.views.push_back(std::move(view));
}

// The held file, at `path`, gets the content `clean` where the step moves it.
void CredentialCovers::watch(Fd held, const std::string& path, const std::string& clean) {
  if (!is_writable(plan_, path)) return;
  const struct stat st = sys::stat_fd(held.get(), path);
  covered_.push_back({path, home_, clean, std::move(held), st.st_dev, st.st_ino});
}

// Looks at the regular file `name` in `directory`, which is open, at `path`.
void CredentialCovers::add(const Fd& directory, const std::string& path, const std::string& name,
                           CredentialFile form) {
  // What is judged is also what is read, and what is written later.
  Fd held = sys::hold(directory.get(), name.c_str());
  if (!held) return;
  const std::string file_path = joined(path, name);
  const struct stat st = sys::stat_fd(held.get(), file_path);
  if (!S_ISREG(st.st_mode) || st.st_size == 0 || !is_shown(plan_, file_path)) return;
  if (++looked_ > kMostFiles)
    throw Error(kWhat, path + " has too many files",
                "clone the repository anew, without its old objects: git clone --depth 1");
  // Git's own text files are small, but for its logs. One that is larger is not shown.
  if (static_cast<uint64_t>(st.st_size) > kMostOfFile) {
    watch(std::move(held), file_path, "");
    return cover(file_path, "", st.st_mtime);
  }
  const Fd file = git::open_file(held.get(), name);
  const std::string text = sys::read_all(file.get(), kMostOfFile, file_path);
  std::optional<std::string> clean = without_credentials(form, text);
  const bool ephemeral = plan_.identity.mode == PlannedIdentity::Mode::kEphemeral;
  const bool unreadable = form == CredentialFile::kGitConfig && ephemeral &&
                          st.st_uid != plan_.uid && (st.st_mode & S_IROTH) == 0;
  if (!clean && unreadable) return cover(file_path, text, st.st_mtime);
  if (!clean) return;
  if (st.st_nlink != 1) {
    throw Error(kWhat, file_path + " has credentials and a second hard link",
                "remove the other link, or the credentials");
  }
  watch(std::move(held), file_path, *clean);
  cover(file_path, std::move(*clean), st.st_mtime);
}

// The files of a git directory: also those of submodules and of other work trees in it, whether or
// not git takes them for repositories.
void CredentialCovers::add_git_directory(const std::string& path, unsigned depth, bool logs) {
  const Fd directory = open_directory(path);
  if (!directory) return;
  if (depth > kDeepest)
    throw Error(kWhat, path + " is nested too deep",
                "clone the repository anew, with fewer submodules in each other");
  std::vector<std::string> directories;
  sys::for_each_entry(directory.get(), path, [&](const dirent& entry) {
    const std::string name = entry.d_name;
    if (sys::entry_type(directory.get(), entry) == DT_DIR) {
      // Branches of any name have logs.
      if (logs || may_have_text(name, depth)) directories.push_back(name);
    } else if (logs || may_be_text(name, depth, path)) {
      add(directory, path, name,
          !logs && name.starts_with("config") ? CredentialFile::kGitConfig
                                              : CredentialFile::kGitText);
    }
    return true;
  });
  for (const auto& name : directories) {
    add_git_directory(joined(path, name), depth + 1, logs || name == "logs");
  }
}

void CredentialCovers::add_project(const std::string& top) {
  // Files of one directory stand together: most steps find none of them.
  std::string at;
  Fd directory;
  for (const auto& file : settings_files()) {
    const std::string path = joined(top, file.path);
    if (parent_of(path) != at) directory = open_directory(parent_of(path));
    at = parent_of(path);
    if (directory) add(directory, at, base_name(path), file.form);
  }
}

void CredentialCovers::add(const std::vector<std::string>& places) {
  std::set<std::string> projects(plan_.projects.begin(), plan_.projects.end());
  std::set<std::string> directories(plan_.git_directories.begin(), plan_.git_directories.end());
  struct stat st = {};
  for (const auto& place : places) {
    if (sys::try_lstat(joined(place, ".git"), st)) {
      projects.insert(place);
      directories.insert(joined(place, ".git"));
    }
    const Fd directory = open_directory(place);
    if (directory && git::is_repository(directory.get())) directories.insert(place);
  }
  for (const auto& path : projects) {
    home_ = path;
    add_project(path);
  }
  for (const auto& path : directories) {
    bool inside = false;
    for (std::string at = parent_of(path); at != "/" && !inside; at = parent_of(at)) {
      inside = base_name(at) == ".git" && directories.count(at) != 0;
    }
    if (inside) continue;
    home_ = path;
    add_git_directory(path, 0, false);
  }
}

// True when the next step's covers will find the file, too.
bool CredentialCovers::is_found_again(const Covered& covered) const {
  struct stat st = {};
  const Fd parent = open_directory(parent_of(covered.path));
  if (!parent || !sys::try_lstat(parent.get(), base_name(covered.path), st) ||
      st.st_dev != covered.device || st.st_ino != covered.inode) {
    return false;
  }
  const auto& projects = plan_.projects;
  if (std::find(projects.begin(), projects.end(), covered.home) != projects.end()) return true;
  const Fd home = open_directory(covered.home);
  return home && (base_name(covered.home) == ".git" || git::is_repository(home.get()) ||
                  sys::try_lstat(home.get(), ".git", st));
}

std::vector<std::string> CredentialCovers::finish(Call call) {
  std::vector<std::string> said;
  for (auto& covered : std::exchange(covered_, {})) {
    if (is_found_again(covered)) continue;
    if (sys::stat_fd(covered.file.get(), covered.path).st_nlink == 0) continue;
    try {
      twice([&] { overwrite(covered.file, covered.clean, covered.path); });
    } catch (const SysError& e) {
      if (call == Call::kLast || (e.code() != EACCES && e.code() != EPERM)) throw;
      covered_.push_back(std::move(covered));
      continue;
    }
    said.push_back("the step moved " + printable(covered.path) +
                   ", or broke the repository around it; Rind removed the credentials from that "
                   "file, because a later step could read them");
  }
  return said;
}

CredentialCovers::~CredentialCovers() {
  try {
    finish(Call::kLast);
  } catch (const Error& e) {
    say(e.what());  // another error is being thrown
  }
}

}  // namespace rind
