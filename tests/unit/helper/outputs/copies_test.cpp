#include "helper/outputs/copies.h"

#include <sys/stat.h>

#include "tests/unit/support.h"

using namespace rind;

TEST_CASE("copies: files that an interpreter imports or a shell executes are code") {
  for (const char* code : {"json.py", "x.pyc", "_x.cpython-313-x86_64-linux-gnu.so", "a.pth",
                           "run.sh", "__init__.pyi", "__main__.x", "lib.so.1", "x.zip", "x.egg"}) {
    CAPTURE(code);
    CHECK(is_code(code, S_IFREG | 0644));
  }
  for (const char* data : {"output.json", "PKG-INFO", "x.txt", "demo-1.0-py3-none-any.whl",
                           "demo-1.0.tar.gz", "result"}) {
    CAPTURE(data);
    CHECK_FALSE(is_code(data, S_IFREG | 0644));
    CHECK(is_code(data, S_IFREG | 0755));
  }
}
