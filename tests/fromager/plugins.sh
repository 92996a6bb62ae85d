# Override plugins of every hook that Fromager has, which build as plugins in the wild do: by setup.py, flit, pip, build, uv, shells,
# make, CMake, cargo, scripts of their own; in Fromager's isolation and without. They make the same and read the same with Rind.

TEST_SECONDS=1200 # some twelve packages, twice

# The package's code that runs open with Rind: a plugin prepares sources with Fromager's own interpreter.
OPEN='/probe/plug-scripts/generate/none'

PLUGINS='flit-core plug-bazel plug-build plug-git plug-make plug-scripts plug-setup plug-shell'
# Programs of the build environment that take Fromager's own wheel, or its sources as an argument.
PROGRAMS='plug-cmake plug-pip plug-repack plug-uv'
INDEX_URL=http://127.0.0.1:8000/simple/

setup() {
  import_factory podman_rootful
  make_index
}

# In the container, before Fromager: the plugins are installed as a package with entry points is.
INSTALL='cp -r /srv/plugins/rind_plugins* "$VIRTUAL_ENV"/lib/python3*/site-packages/'

# Which of the package's code ran with the container's network, from the log of the server in it.
asked() { # BASE SIDE
  grep -o '/probe/[^ ]*' "$1/$2/server.log" | sort -u
}

ran_open() { # NAME BASE
  local least=$OPEN_LEAST control guarded
  control=$(asked "$2" control || true)
  guarded=$(asked "$2" guarded | grep -v -x -e "$OPEN" || true)
  if [[ $(wc -l <<<"$control") -lt $least ]]; then
    report_not_ok "$TEST_PREFIX/$1/isolated" "without Rind too little of the package ran open: ${control//$'\n'/ }"
  elif [[ -n $guarded ]]; then
    report_not_ok "$TEST_PREFIX/$1/isolated" "ran with the container's network: ${guarded//$'\n'/ }"
  else
    report_ok "$TEST_PREFIX/$1/isolated"
  fi
}

# How many of the package's calls reach the server without Rind, at least: what Fromager's own isolation leaves open.
OPEN_LEAST=5

with_plugins() { # NAME SCRIPT
  FACTORY_ALSO=ran_open
  beside "$1" ephemeral "
    $INSTALL
    $2" -v "$RIND_SOURCE/tests/fromager/plugins:/srv/plugins:ro"
}

tests_programs() {
  OPEN_LEAST=2
  with_plugins programs "factory bootstrap --variant plugins bootstrap $PROGRAMS"
}

tests_plugins() {
  with_plugins plugins "
    factory bootstrap --variant plugins bootstrap $PLUGINS
    factory sdists --variant plugins bootstrap --sdist-only plug-setup
    mkdir build && cp -r bootstrap/wheels-repo build/
    factory build --variant plugins build plug-setup 1.0 $INDEX_URL
    \"\$VIRTUAL_ENV\"/bin/python3 -c 'import json, sys
json.dump([built for built in json.load(sys.stdin) if built[\"prebuilt\"]], sys.stdout)' <bootstrap/work-dir/build-order.json >prebuilt-order.json
    factory build --variant plugins build-sequence ../prebuilt-order.json
    for step in 'download-source-archive plug-setup 1.0 $INDEX_URL' 'prepare-source plug-setup 1.0' \
      'prepare-build --wheel-server-url http://127.0.0.1:8000/prebuilt/ plug-setup 1.0' 'build-sdist plug-setup 1.0' 'build-wheel plug-setup 1.0'; do
      factory steps --variant plugins step \$step
    done
    \"\$VIRTUAL_ENV\"/bin/python3 /srv/plugins/all_hooks.py */work-dir/calls"
}
