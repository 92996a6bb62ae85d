#include "helper/facts/image_packages.h"

#include <dirent.h>
#include <fcntl.h>

#include <algorithm>
#include <functional>

#include "common/base/fd.h"
#include "common/base/look.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "helper/facts/package_code.h"

namespace rind {
namespace {

// Calls `use` with the names in a directory, until it returns true; returns whether it did.
bool any_name_in(int parent, const std::string& path,
                 const std::function<bool(int directory, const std::string& name)>& use) {
  const Fd opened = sys::open_if_any(parent, path, O_RDONLY | O_DIRECTORY);
  if (!opened) return false;
  bool found = false;
  sys::for_each_entry(opened.get(), path, [&](const dirent& entry) {
    found = use(opened.get(), entry.d_name);
    return !found;
  });
  return found;
}

bool holds_module(int parent, const std::string& path, int depth) {
  constexpr int kDeepest = 4;
  if (path == "__pycache__") return false;
  return any_name_in(parent, path, [&](int directory, const std::string& name) {
    return !module_in(name).empty() ||
           (depth < kDeepest && holds_module(directory, name, depth + 1));
  });
}

bool is_namespace(int packages, const std::string& name) {
  const bool regular = any_name_in(packages, name, [](int, const std::string& file) {
    return file.starts_with("__init__.") && !module_in(file).empty();
  });
  return !regular && holds_module(packages, name, 0);
}

// The bin of the prefix that contains a seam; "" where the path does not tell.
std::string bin_of(const kit::Seam& seam) {
  if (seam.kind == kit::SeamKind::kInterpreter) return parent_of(seam.path);
  if (seam.kind != kit::SeamKind::kScript) return {};
  // PREFIX/lib/python3.13/site-packages/..., and lib64.
  for (const char* library : {"/lib/python3", "/lib64/python3"}) {
    const size_t at = seam.path.rfind(library);
    if (at != std::string::npos) return seam.path.substr(0, at) + "/bin";
  }
  return {};
}

}  // namespace

std::vector<std::string> image_bins(const kit::Manifest& manifest) {
  std::vector<std::string> bins;
  for (const auto& path : manifest.path) bins.push_back(path);
  for (const auto& seam : manifest.seams) bins.push_back(bin_of(seam));
  std::erase(bins, std::string());
  return bins;
}

std::vector<std::string> image_prefixes(const kit::Manifest& manifest) {
  std::vector<std::string> prefixes;
  for (const auto& bin : image_bins(manifest)) {
    const std::string prefix = bin[0] == '/' ? parent_of(bin) : std::string();
    const bool known = std::find(prefixes.begin(), prefixes.end(), prefix) != prefixes.end();
    if (!prefix.empty() && !known) prefixes.push_back(prefix);
  }
  return prefixes;
}

bool is_namespace_of_image(const std::vector<std::string>& prefixes, const std::string& name) {
  // python3.13, and Debian's python3.
  const auto in_python = [&](int library, const std::string& python) {
    if (!python.starts_with("python3")) return false;
    return any_name_in(library, python, [&](int at, const std::string& packages) {
      const bool has_packages = packages == "site-packages" || packages == "dist-packages";
      const Fd opened = has_packages ? sys::open_if_any(at, packages, O_PATH | O_DIRECTORY) : Fd();
      return opened && is_namespace(opened.get(), name);
    });
  };
  for (const auto& prefix : prefixes) {
    for (const char* library : {"/lib", "/lib64"}) {
      if (any_name_in(AT_FDCWD, prefix + library, in_python)) return true;
    }
  }
  return false;
}

}  // namespace rind
