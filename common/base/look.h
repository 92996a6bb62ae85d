// Looking at what may be absent, without taking a failed look for an answer.
//
// "No such file" is an answer. "Out of memory", "too many open files", "interrupted" or an error of
// the disk is none: whoever takes it for "absent" leaves a credential uncovered or a repository
// unrecognised. So these functions return a negative result for answers only, and throw SysError
// for everything else.
#pragma once

#include <sys/stat.h>

#include <string>

#include "common/base/fd.h"

namespace rind::sys {

// True when `error` (an errno) says nothing about the path: the call failed for another reason.
// False for what the kernel says about a path: absent, closed to this user, of another type, a loop
// of links, a name that is too long, read-only, without this attribute.
bool is_no_answer(int error);

// stat(2), lstat(2), and lstat(2) of an entry of the open directory `dir`. False where there is
// nothing that this process can see. Throw SysError when the call gives no answer.
bool try_stat(const std::string& path, struct stat& st);
bool try_lstat(const std::string& path, struct stat& st);
bool try_lstat(int dir, const std::string& name, struct stat& st);

// faccessat(2): whether this process may use `path` in the way `mode` (R_OK, W_OK, X_OK, F_OK).
// flags: AT_EACCESS. Throws SysError when the call gives no answer.
bool may_access(const std::string& path, int mode, int flags = 0);
bool may_access(int dir, const std::string& path, int mode, int flags = 0);

// openat(2) with O_CLOEXEC added; an empty Fd where there is nothing that this process may open so.
// Throws SysError when the call gives no answer.
Fd open_if_any(int dir, const std::string& path, int flags);

}  // namespace rind::sys
