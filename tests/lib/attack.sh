# One run of all attempts (tests/attack) in a fresh container.
#
# run_attempts FILE [IMAGE OPTION...]    writes the driver's JSON to FILE; with Rind if use_rind was called
#                      before. Default: the unchanged image. What went wrong is in FILE.log; its status is the
#                      container's. It is killed, without a word of anybody's, after ATTEMPTS_SECONDS: some forty builds
#                      take 20 s, and many times that beside other work. ATTACK_DRIVER: another driver than drive.py, and its word
# make_users_image     derives IMAGE_USERS: what an image for a builder that is not root (USERS_ID) gives to it

IMAGE_USERS=$IMAGE_REPOSITORY/users
USERS_ID=1234:0
ATTEMPTS_SECONDS=${ATTEMPTS_SECONDS:-600}

run_attempts() {
  local output=$1 image=${2:-$IMAGE_BUILDER} scratch
  shift "$(($# < 2 ? $# : 2))"
  scratch=$(mktemp -d "$RIND_TMP/attack.XXXXXX")
  mkdir -m 0777 "$scratch/shared"
  chmod 0777 "$scratch/shared"
  printf 'RIND-TEST-SECRET-run-secrets-%s\n' "$RANDOM$RANDOM$RANDOM" >"$scratch/registry-token"
  # bash stays pid 1, so that pid 1 and the front end, the step's parent, are two processes. The
  # processes aimed at get numbers that no process of a step's own small pid namespace has.
  builder --timeout "$ATTEMPTS_SECONDS" -v "$RIND_TMP/shared/attack:/srv/attack:ro" -v "$scratch/shared:/srv/shared" \
    -v "$scratch/registry-token:/run/secrets/registry-token:ro" "$@" \
    "$image" bash -c \
    'for _ in {1..300}; do (:) done; python3 -B /srv/attack/$0; exit $?' "${ATTACK_DRIVER:-drive.py}" >"$output" 2>"$output.log"
}

make_users_image() {
  _derive_image podman_rootful "$IMAGE_BUILDER" "$IMAGE_USERS" bash -c "
    set -e
    mkdir -p /srv/service
    chown -R $USERS_ID /opt/app-root/src /etc/builder /etc/pki/entitlement /root /srv /var/cache/builder"
}
