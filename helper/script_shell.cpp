#include "helper/script_shell.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "common/base/error.h"
#include "helper/facts/paths.h"
#include "helper/step/call.h"

namespace rind {
namespace {

bool is_working_directory(const char* path) {
  struct stat named = {}, own = {};
  return path != nullptr && path[0] == '/' && ::stat(path, &named) == 0 && ::stat(".", &own) == 0 &&
         named.st_dev == own.st_dev && named.st_ino == own.st_ino;
}

}  // namespace

void set_script_variables() {
  ::unsetenv("_");
  if (is_working_directory(::getenv("PWD"))) return;
  if (::setenv("PWD", working_directory().c_str(), 1) != 0) throw_errno("set", "PWD");
}

std::vector<std::string> script_starter(const std::string& script,
                                        const std::vector<std::string>& environment) {
  if (variable(environment, "BASH_ENV").value_or("").empty()) return {};
  return {"/bin/bash", "-c", "exec \"$@\"", script};
}

}  // namespace rind
