#include "helper/step/tool_settings.h"

#include "tests/unit/support.h"

using namespace rind;

TEST_CASE("tool settings: which lines of a .python-version are versions") {
  for (const char* text : {"", "3.12\n", "3.12.1", "3", "3.14.0rc1", ">=3.11,<3.13", "==3.12",
                           "cpython@3.12", "pypy3.10", "pypy", "# ours\n\n3.12\r\n3.11\n"}) {
    CAPTURE(text);
    CHECK_FALSE(chooses_program(".python-version", text));
    CHECK_FALSE(chooses_program(".python-versions", text));
  }
  for (const char* text : {"./evil",
                           "/srv/evil",
                           "evil",
                           "3.12\nevil",
                           "3/evil",
                           "cpython/evil",
                           "python3.12",
                           " ./evil",
                           "..",
                           "~/evil",
                           "@evil",
                           "\xff",
                           "3evil",
                           "3.12t",
                           "3.999",
                           "312",
                           "3.",
                           "3.1.2.3",
                           "3.1a1",
                           "3.1.2a",
                           "~=3",
                           ">=3,",
                           ">3*",
                           "cpython-3.12",
                           "3.12#d/evil",
                           ">=3.11#d/evil",
                           "3.12 # the newest",
                           " # evil"}) {
    CAPTURE(text);
    CHECK(chooses_program(".python-version", text));
  }
}

TEST_CASE("tool settings: which pyproject.toml may have a table of uv's") {
  for (const char* text : {"[tool.uv]", "[tool . uv]", "tool.uv.x = 1", "[tool]\nuv = {}",
                           "[tool.\"uv\"]", "[tool.'uv']", "[tool.\"\\u0075v\"]", "uv"}) {
    CAPTURE(text);
    CHECK(chooses_program("pyproject.toml", text));
  }
  for (const char* text : {"", "[project]\ndependencies = ['uvicorn', 'x_uv', 'uv-dynamic']",
                           "[tool.black]\nexclude = '\\.git'"}) {
    CAPTURE(text);
    CHECK_FALSE(chooses_program("pyproject.toml", text));
  }
  CHECK(chooses_program("uv.toml", ""));
}

TEST_CASE("tool settings: the places that a call names") {
  using Words = std::vector<std::string>;
  CHECK(places_of_settings({"uv", "venv", "--directory", "s", "--project=t", "--python", "x"},
                           {}) == Words{"s", "t"});
  CHECK(places_of_settings({"uv", "--config-file", "/f", "venv"}, {"UV_PROJECT=p", "UV_X=y"}) ==
        Words{"/f", "p"});
  CHECK(places_of_settings({"uv", "venv", "--directory"}, {"UV_WORKING_DIR=", "A=b"}).empty());
}

TEST_CASE("tool settings: tools without any") {
  CHECK(settings_of_tool("wheel").empty());
  CHECK(settings_of_tool("true").empty());
  CHECK_FALSE(settings_of_tool("uv").empty());
}
