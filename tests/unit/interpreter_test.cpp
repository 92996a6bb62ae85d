#include "helper/interpreter.h"

#include "tests/unit/support.h"

using namespace rind;
using What = PythonCommand::What;
using Words = std::vector<std::string>;

TEST_CASE("interpreter: an environment is the image's own by whole components") {
  const Words patterns = {"/opt/*", "/venv", "/home/*/.local/share/uv/tools/*"};
  CHECK(is_own_environment(patterns, "/opt/app-root"));
  CHECK(is_own_environment(patterns, "/venv"));
  CHECK(is_own_environment(patterns, "/home/b/.local/share/uv/tools/fromager"));
  CHECK_FALSE(is_own_environment(patterns, "/opt/app-root/src/work/x-1/build-3.13"));
  CHECK_FALSE(is_own_environment(patterns, "/venv/x"));
  CHECK_FALSE(is_own_environment(patterns, "/tmp/build-env-x"));
  CHECK_FALSE(is_own_environment({}, "/usr"));
}

TEST_CASE("interpreter: what a command line executes") {
  PythonCommand c = parse_python_command({"python3", "-I", "-B", "-c", "print(1)", "a", "-m"});
  CHECK((c.what == What::kText && c.isolated && c.name == "print(1)"));
  CHECK(c.arguments == Words{"a", "-m"});
  c = parse_python_command({"python3", "-Im", "ensurepip", "--upgrade"});
  CHECK((c.what == What::kModule && c.isolated && c.name == "ensurepip"));
  c = parse_python_command({"python3", "-IBcpass"});
  CHECK((c.what == What::kText && c.name == "pass"));
  c = parse_python_command({"python3", "-X", "dev", "-W", "error", "-u", "/x/y.py", "-c", "z"});
  CHECK((c.what == What::kScript && !c.isolated && c.name == "/x/y.py"));
  CHECK(c.arguments == Words{"-c", "z"});
  CHECK(parse_python_command({"python3", "-"}).what == What::kScript);
  CHECK(parse_python_command({"python3"}).what == What::kNothing);
  CHECK(parse_python_command({"python3", "-c"}).name.empty());
  CHECK(parse_python_command({}).what == What::kNothing);
}

TEST_CASE("interpreter: what writes in the environment of its interpreter") {
  const auto is = [](const Words& words) { return installs(parse_python_command(words)); };
  CHECK(is({"p", "-m", "pip", "install", "x"}));
  CHECK(is({"p", "-Im", "ensurepip"}));
  CHECK(is({"p", "/usr/lib/python3/dist-packages/pip/__pip-runner__.py", "install", "x"}));
  CHECK(is({"p", "/tmp/env/bin/pip", "install", "x"}));
  CHECK_FALSE(is({"p", "-m", "pipx"}));
  CHECK_FALSE(is({"p", "-c", "import pip", "pip"}));
  CHECK_FALSE(is({"p", "setup.py", "install"}));
}

TEST_CASE("interpreter: the paths that a front end names") {
  const auto in = [](const Words& words) { return named_paths(parse_python_command(words)); };
  CHECK(in({"p", "-m", "pip", "install", "-r", "/tmp/reqs.txt", "--find-links=/w", "a"}) ==
        Words{"/tmp/reqs.txt", "/w"});
  CHECK(in({"p", "-I", "-c", "sys.path = ['/c/.tmpX', *sys.path]; x(\"/d\")"}) ==
        Words{"/c/.tmpX", "/d"});
  // The text of a call that is not isolated can hold what a package says, and so can requirements.
  CHECK(in({"p", "-c", "f('/root/.ssh')"}).empty());
  CHECK(in({"p", "-m", "pip", "install", "x @ file:///root/.ssh/id"}).empty());
  CHECK(in({"p", "-m", "pip", "install", "/"}).empty());
  CHECK(in({"p", "-I", "-c", "an ' open quote /x"}).empty());
}

TEST_CASE("interpreter: the program behind a copy in an environment") {
  CHECK(base_programs("home = /usr/bin\nversion = 3.11.2\nexecutable = /usr/bin/python3.11\n",
                      "python3.11")
            .front() == "/usr/bin/python3.11");
  CHECK(base_programs("home = /usr/bin\n", "python3.11") ==
        Words{"/usr/bin/python3.11", "/usr/bin/python3", "/usr/bin/python"});
  CHECK(base_programs("home = relative\nhome\n", "python").empty());
}
