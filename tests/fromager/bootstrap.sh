# Real Fromager bootstraps from sdists, without Rind and with it: packages of every usual back end, down to the back ends
# themselves; C by setuptools, meson and CMake, Rust with a vendored crate, a git source, a patch, settings.

TEST_SECONDS=1500 # some thirty packages, twice

setup() {
  import_factory podman_rootful
  make_index
}

tests_root() { beside root ephemeral "$FACTORY_WHOLE"; }
