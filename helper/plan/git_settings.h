// The git settings of a step. Pure.
#pragma once

#include <string>
#include <vector>

namespace rind {

// Makes git in the step take repositories as it does outside: adds settings to GIT_CONFIG_COUNT,
// GIT_CONFIG_KEY_n and GIT_CONFIG_VALUE_n (git-config(1), "ENVIRONMENT"). Keeps the settings that
// `environment` (NAME=VALUE) has in these variables, except those with a missing key or value: git
// fails at one. Git reads these variables since 2.31.
void add_git_settings(std::vector<std::string>& environment);

// The same settings for the end of a file, ~/.gitconfig: setuptools-scm and others give git an
// environment without GIT_*.
std::string git_settings_file();

}  // namespace rind
