# Builders that are not root on the host, or not in the container.

TEST_SECONDS=900 # four bootstraps

PACKAGES='hello-ext pathspec tiny-poetry'
SCRIPT="factory bootstrap --variant prebuilt bootstrap $PACKAGES"

setup() {
  import_factory podman_rootful
  make_index
}

tests_user() {
  FACTORY_OWNER=1234:0
  beside user self "$SCRIPT" --user 1234:0 --env BUILDER_UMASK=027 --env HOME=/work/home # the image's HOME is root's
}

tests_rootless() {
  RIND_ENGINE=podman_rootless
  import_factory podman_rootless
  FACTORY_OWNER=$RIND_TEST_USER:
  beside rootless ephemeral "$SCRIPT"
}
