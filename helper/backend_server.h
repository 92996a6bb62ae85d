// Serves a build back end that takes its requests from standard input: pyproject_api, as tox calls
// it.
//
// The front end sends one request a line, and reads the result from a file as soon as the server
// says so, while the server lives on. What a step makes is given to the front end when the step has
// ended. So each request is a step of its own, and the server's words are held back until its files
// are there. A back end keeps nothing from one hook to the next (PEP 517).
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace rind {

// True for `PYTHON .../pyproject_api/_backend.py REUSE BACKEND [OBJECT]`.
bool is_backend_server(const std::vector<std::string>& argv);

// Serves until the front end ends it. run: runs a command as a step, in a child of this process,
// and returns its exit status. Returns the exit status of the server; in a child, that of `run`.
// Does not return where a signal killed the step. Throws Error.
int serve_backend(const std::vector<std::string>& command,
                  const std::function<int(const std::vector<std::string>&)>& run);

}  // namespace rind
