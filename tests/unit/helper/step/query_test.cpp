// Which programs ask an interpreter about itself, and how its pyvenv.cfg is read.
#include "helper/step/query.h"

#include "helper/step/step.h"
#include "tests/unit/scene.h"

using namespace rind;
using namespace rind::test;
using Words = std::vector<std::string>;

TEST_CASE("query: the imports of a program, wherever a statement may be") {
  CHECK(read_program("import sys; sys.path = [\"/c/.tmpX\"] + sys.path; from "
                     "python.get_interpreter_info import main; main()")
            .imports == Words{"sys", "python.get_interpreter_info"});
  CHECK(read_program("import sys, json as j,os.path\nif 1: import re\ntry:\n  from a.b import (c,\n"
                     "    d)\nexcept ImportError: pass")
            .imports == Words{"sys", "json", "os.path", "re", "a.b"});
  CHECK(read_program("from . import x\nfrom .y import z").imports == Words{".", ".y"});
  CHECK(read_program("import \\\n  numpy").imports == Words{"numpy"});
  // No statements.
  CHECK(read_program("# import a\nx = 'import b'\n\"\"\"\nimport c\n\"\"\"\nimportant = 1")
            .imports.empty());
  CHECK(read_program("__import__('numpy')").imports == Words{"numpy"});
}

TEST_CASE("query: the literals of a program") {
  CHECK(read_program("x = [\"/a/b\", '/c'] # \"/d\"\ny = 'it\\'s'").strings ==
        Words{"/a/b", "/c", "it\\'s"});
}

TEST_CASE("query: what looks for packages is no question about the interpreter") {
  for (const char* text :
       {"from importlib.metadata import distributions", "import importlib.metadata as m",
        "from importlib import metadata", "import pkgutil; pkgutil.iter_modules()",
        "__import__(name)", "exec(code)", "import os; os.listdir('.')"}) {
    CAPTURE(text);
    CHECK(read_program(text).looks_at_packages);
  }
  CHECK_FALSE(
      read_program("import re; re.compile('exec'); prefix = sys.exec_prefix").looks_at_packages);
  CHECK(is_about_interpreter("sysconfig"));
  CHECK(is_about_interpreter("os.path"));
  CHECK(is_about_interpreter("importlib.machinery"));
  for (const char* module : {"importlib", "importlib.metadata", "numpy", "pip", "ensurepip",
                             "compileall", "runpy", "subprocess", "osx"}) {
    CAPTURE(module);
    CHECK_FALSE(is_about_interpreter(module));
  }
}

TEST_CASE("query: what uses files, input or the working directory is the user's program") {
  for (const char* text :
       {"print(open('x').read())",
        "import pathlib; pathlib.Path('x').read_text()",
        "import os, platform; platform.system(); os.system('ls')",
        "for l in iter(input, 'end'): print(l.upper())",
        "import os; os.read(0, 1)",
        "import os; os.makedirs('a/b')",
        "import pathlib; pathlib.Path('a').touch()",
        "import os; os.remove('a')",
        "import os; os.symlink('a', 'b')",
        "import os; print(os.path.exists('setup.py'))",
        "import os; os.stat( r'a').st_size",
        "import os; print([n for _, _, n in os.walk('.')])",
        "import pathlib; print(pathlib.Path('a').is_file())",
        "from pathlib import Path; print(Path().resolve())",
        "import os; print(os.path.isdir(os.path.join('a', 'b')))",
        "import os; print(os.path.isfile(os.path.abspath('')))",
        "import os; p='setup.py'; print(os.path.exists(p))",
        "import os\nname = r'src'\nfor r, _, f in os.walk (name, True): print(f)",
        "from distutils.core import run_setup; print(run_setup('setup.py').get_version())",
        "from distutils.dir_util import copy_tree; copy_tree('a', 'b')",
        "import ctypes; ctypes.CDLL('./libx.so')",
        "import site; site.addsitedir('x')",
        "import os; os.link('a', 'b')",
        "import logging.config; logging.config.fileConfig('x')"}) {
    CAPTURE(text);
    CHECK(read_program(text).uses_files);
  }
  for (const char* text :
       {"print('open')", "import platform; print(platform.system())",
        "import os, sys; print(os.path.exists(sys.prefix + '/lib'))",
        "import os; print(os.path.realpath('/usr/bin/python3'))", "print(','.join('ab'))",
        "from pathlib import Path; p = Path(r'/usr/lib/a.py')",
        "import os; print(os.path.exists(f'{os.sep}usr'))", "import ctypes; ctypes.CDLL(None)",
        "import ctypes; ctypes.CDLL('/usr/lib/libc.so.6')",
        "import os; p='/usr'; q = 'lib'; print(os.path.exists(p), p == 'usr', q)",
        "import os, sys; os.path.isdir(os.path.join(sys.prefix, 'lib')); 'a-b'.replace('-', "
        "'_')"}) {
    CAPTURE(text);
    CHECK_FALSE(read_program(text).uses_files);
  }
  CHECK(read_program("import os, sys; os.path.exists(sys.argv[1])").looks_at_paths);
  CHECK_FALSE(read_program("import sys; print(sys.prefix)").looks_at_paths);
}

TEST_CASE("query: a pyvenv.cfg as every reader of it reads it") {
  EnvironmentConfig config = read_environment_config(
      "home = /usr/bin\nversion = 3.13\ninclude-system-site-packages = true\n");
  CHECK(config.homes == Words{"/usr/bin"});
  CHECK(config.others == "version = 3.13\ninclude-system-site-packages = true\n");
  config = read_environment_config("HOME=/a\n Home\t=  /b \n\nhome /c = d\nx = 1\rhome = /e\nno\n");
  CHECK(config.homes == Words{"/a", "/b"});
  CHECK(config.others.empty());
  CHECK(read_environment_config("").homes.empty());
  CHECK(read_environment_config("\u00a0home = /evil\nprompt = \u00e9\n").others ==
        "prompt = \u00e9\n");
}

TEST_CASE("query: the plan shows the interpreter, its configuration and no package") {
  Scene scene;
  scene.step = {};
  scene.step.kind = Step::Kind::kEnvironment;
  scene.step.build_environment = kEnv;
  scene.step.asks_interpreter = true;
  scene.facts.bare = {"home = /usr/bin\n",
                      {"lib/python3.13/site-packages"},
                      {{"bin/python3", "/usr/bin/python3.13"}}};
  const Plan plan = scene.plan();
  const PlannedView* top = planned(plan, kEnv);
  REQUIRE(top != nullptr);
  CHECK(top->view == View::kHidden);
  CHECK(has_mount_point(top, "lib/python3.13/site-packages"));
  CHECK(has_mount_point(top, "bin/python3"));
  CHECK(has_mount_point(top, "pyvenv.cfg"));
  CHECK(planned(plan, kEnv + "/pyvenv.cfg")->content == "home = /usr/bin\n");
  CHECK(view_at(plan, kEnv + "/lib/python3.13/site-packages/a.pth") == "hidden");
  // Without -I it would be imported from.
  CHECK(view_at(plan, scene.call_facts.cwd) == "hidden");
  CHECK(plan.lent.empty());
  // Also where the environment lies in what is empty anyway.
  scene.step.build_environment = "/tmp/env";
  CHECK(has_mount_point(planned(scene.plan(), "/tmp/env"), "bin/python3"));
}

TEST_CASE("query: the step that it is") {
  CallFacts facts;
  facts.virtual_env = kEnv;
  facts.cwd = kSource;
  facts.named_source = kSource;
  facts.asks_interpreter = true;
  const Policy policy = default_policy();
  for (const bool by_interpreter : {true, false}) {
    facts.by_interpreter = by_interpreter;
    const auto step = recognise(
        policy, {{kEnv + "/bin/python3", "-c", "x"}, {}, by_interpreter, kEnv}, facts, true);
    REQUIRE(step);
    CHECK(step->kind == Step::Kind::kEnvironment);
    CHECK(step->asks_interpreter);
    CHECK(step->source.empty());
  }
  facts.by_interpreter = true;
  CHECK_FALSE(recognise(policy,
                        {{kEnv + "/bin/python3", "-m", "pip", "install", "x"}, {}, true, kEnv},
                        facts, true)
                  ->asks_interpreter);
}
