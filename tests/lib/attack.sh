# One run of all attempts (tests/attack) in a fresh container of the unchanged image.
#
# run_attempts FILE    writes the driver's JSON to FILE; with Rind if use_rind was called before.
#                      What went wrong is in FILE.log; its status is the container's.

run_attempts() {
  local output=$1 scratch
  scratch=$(mktemp -d "$RIND_TMP/attack.XXXXXX")
  mkdir "$scratch/shared"
  printf 'RIND-TEST-SECRET-run-secrets-%s\n' "$RANDOM$RANDOM$RANDOM" >"$scratch/registry-token"
  # bash stays pid 1, so that pid 1 and the front end, the step's parent, are two processes. The
  # processes aimed at get numbers that no process of a step's own small pid namespace has.
  builder -v "$RIND_TMP/shared/attack:/srv/attack:ro" -v "$scratch/shared:/srv/shared" \
    -v "$scratch/registry-token:/run/secrets/registry-token:ro" \
    "$IMAGE_BUILDER" bash -c \
    'for _ in {1..300}; do (:) done; python3 -B /srv/attack/drive.py; exit $?' >"$output" 2>"$output.log"
}
