// `rind` as a tool for people: run, explain, shell, check, launch.
#pragma once

namespace rind {

// argv as main got it. Returns the exit status. Throws Error.
int run_tool(int argc, char** argv);

}  // namespace rind
