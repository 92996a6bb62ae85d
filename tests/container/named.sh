# What PATH and variables name is there in a step, in a real container; beside it nothing is.

# A toolchain of root's, a prefix beside the sources, a cache: each with a secret beside it.
# shellcheck disable=SC2016
NAMED='set -e
mkdir -p /root/.cargo/bin /root/.rustup/toolchains /opt/cache/old ~/work-dir/probe-1.0/dist/lib
echo toolchain >/root/.rustup/toolchains/v; echo library >~/work-dir/probe-1.0/dist/lib/x.so; echo cached >/opt/cache/old/f
printf "#!/bin/sh\ncat /root/.rustup/toolchains/v\n" >/root/.cargo/bin/cargo; chmod 0755 /root/.cargo/bin/cargo; chmod 0700 /root
for f in /root/.cargo/credentials.toml /root/notes /root/.ssh/key ~/notes; do mkdir -p "${f%/*}"; echo secret >$f; chmod 0644 $f; done
export PATH=/root/.cargo/bin:$PATH ARROW_HOME=$HOME/work-dir/probe-1.0/dist NUMBA_CACHE_DIR=/opt/cache GOCACHE=/opt/new/go SECRETS="/root/.cargo/credentials.toml /root/notes /root/.ssh/key $HOME/notes"
fromager step /srv/packages/probe -- sh -c "cargo; cat \$ARROW_HOME/lib/x.so \$NUMBA_CACHE_DIR/old/f
  mkdir -p \$GOCACHE/d \$NUMBA_CACHE_DIR/new && echo written
  cat \$SECRETS 2>/dev/null | sort -u; true"
ls /opt/cache'

named() {
  use_rind
  expect_status 0 builder "$IMAGE_BUILDER" bash -c "$NAMED"
  expect_contains "in the step, and afterwards" "$OUTPUT" $'toolchain\nlibrary\ncached\nwritten\nold'
  expect_lacks "secrets" "$OUTPUT" secret
}
on_one_runtime named

test_named_control() {
  expect_status 0 builder "$IMAGE_BUILDER" bash -c "$NAMED"
  expect_contains "without Rind" "$OUTPUT" $'toolchain\nlibrary\ncached\nwritten\nsecret\nnew\nold'
}

# HOME is on the disk of the container's layer, or in memory where the root is read-only.
test_home_on_disk() {
  use_rind '{"views": {"$HOME": {"size": 65536}, "/var/tmp": {"size": 65536}}}'
  # shellcheck disable=SC2016
  local fill='for d in $HOME /var/tmp; do head -c 1M /dev/zero >$d/big && echo written; done'
  expect_status 0 builder "$IMAGE_BUILDER" fromager step /srv/packages/probe -- sh -c "$fill"
  expect_contains "room" "$OUTPUT" $'written\nwritten'
}
