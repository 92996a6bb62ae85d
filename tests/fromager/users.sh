# Builders that are not root on the host, or not in the container.
# File limit: 5000, with --all it does four times what bootstrap.sh does

TEST_SECONDS=1500 # as in bootstrap.sh

FEW="factory bootstrap --variant prebuilt bootstrap hello-ext pathspec tiny-poetry"

setup() {
  import_factory podman_rootful
  make_index
}

# The image's HOME is root's, and so is its compiler cache.
as_user() { # NAME SCRIPT
  FACTORY_OWNER=1234:0
  beside "$1" self "$2" --user 1234:0 --env BUILDER_UMASK=027 --env HOME=/factory/home --env CCACHE_DIR=/factory/ccache
}

rootless() { # NAME SCRIPT
  RIND_ENGINE=podman_rootless
  import_factory podman_rootless
  FACTORY_OWNER=$RIND_TEST_USER:
  beside "$1" ephemeral "$2"
}

tests_user() { as_user user "$FEW"; }
tests_rootless() { rootless rootless "$FEW"; }
tests_whole_user() { as_user whole_user "$FACTORY_WHOLE"; }
tests_whole_rootless() { rootless whole_rootless "$FACTORY_WHOLE"; }
all_only "what depends on a package is in bootstrap.sh, what depends on the user in the tests of a few" whole_user whole_rootless
