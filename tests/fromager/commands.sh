# Each command of Fromager's that builds, without Rind and with it. Back ends are pre-built wheels: it is the commands that differ.

TEST_SECONDS=1200 # some thirteen packages, twice

PACKAGES='hello-ext markupsafe pathspec'

setup() {
  import_factory podman_rootful
  make_index
}

tests_commands() {
  beside commands ephemeral "
    factory bootstrap --variant prebuilt bootstrap $PACKAGES
    factory bootstrap-parallel --variant prebuilt bootstrap-parallel --max-workers 2 $PACKAGES
    mkdir build && cp -r bootstrap/wheels-repo build/
    factory build --variant prebuilt build hello-ext 1.0 http://127.0.0.1:8000/simple/
    factory build-sequence --variant prebuilt build-sequence ../bootstrap/work-dir/build-order.json
    factory build-parallel --variant prebuilt build-parallel --max-workers 2 ../bootstrap/work-dir/graph.json"
}
