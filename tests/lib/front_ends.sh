# Today's front ends, from PyPI, and the rows of the suite `frontends`: each front end builds a package whose code says what it sees.
#
# import_front_ends   makes IMAGE_FRONT_ENDS of the suite fromager's image with compilers: the front ends that
#                     tests/frontends/front-ends.txt pins are in /opt/front-ends, which PATH names first
# front_ends_beside [OPTION...]   runs the rows of standard input (tests/frontends/inside/run) without and with Rind, each side in one
#                     container, and reports a result for each row as TEST_PREFIX/ROW. OPTIONs are podman's.
#                     RIND_FRONT_ENDS, a shell pattern: only the rows whose names match. RIND_FRONT_ENDS_KEEP, a directory: what
#                     each side left stays there.
#                     The file's table in docs/front-ends.md is what was found; with RIND_UPDATE_DOCS it is made so.

IMAGE_FRONT_ENDS=$IMAGE_REPOSITORY/front-ends
FRONT_ENDS_PAGE=$RIND_SOURCE/docs/front-ends.md
FRONT_ENDS_SECONDS=$((600 * ${RIND_TEST_PATIENCE:-1}))
_front_ends_tests=$RIND_SOURCE/tests/frontends

import_front_ends() { _alone_with_cache _import_front_ends; }

_front_ends_wheels() { _fetched front-ends _fetch_wheels "$_front_ends_tests"; }

# shellcheck disable=SC2016
_INSTALL_FRONT_ENDS='
  set -e
  /usr/bin/python3 -m venv /opt/front-ends
  env -u PIP_INDEX_URL /opt/front-ends/bin/python -m pip install -q --no-input --disable-pip-version-check \
    --root-user-action ignore --no-index --find-links /srv/wheels --require-hashes -r /srv/front-ends.txt'

_import_front_ends() {
  local tag wheels
  wheels=$(_front_ends_wheels) || return
  _import_factory podman_rootful
  tag=$({ podman_rootful image inspect --format '{{.Id}}' "$IMAGE_FACTORY"; cat "$_front_ends_tests/front-ends.txt"
    echo "$_INSTALL_FRONT_ENDS"; } | _hash)
  if ! podman_rootful image exists "$IMAGE_FRONT_ENDS:$tag"; then
    say "installing the front ends into the image"
    _derive podman_rootful "$IMAGE_FRONT_ENDS:$tag" --network none -v "$wheels:/srv/wheels:ro" \
      -v "$_front_ends_tests/front-ends.txt:/srv/front-ends.txt:ro" "$IMAGE_FACTORY" sh -c "$_INSTALL_FRONT_ENDS"
  fi
  podman_rootful tag "$IMAGE_FRONT_ENDS:$tag" "$IMAGE_FRONT_ENDS:latest"
}

_run_front_ends() { # OUT ROWS OPTION...
  builder --timeout "$FRONT_ENDS_SECONDS" -v "$1:/factory" -v "$2:/srv/rows:ro" -v "$(_front_ends_wheels):/srv/wheels:ro" \
    -v "$_front_ends_tests/inside:/srv/inside:ro" -v "$_front_ends_tests/projects:/srv/projects:ro" \
    --env "ROWS=${RIND_FRONT_ENDS:-*}" --env "PATIENCE=${RIND_TEST_PATIENCE:-1}" \
    --env PATH=/opt/front-ends/bin:/opt/app-root/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    "${@:3}" "$IMAGE_FRONT_ENDS" /srv/inside/run /srv/rows
}

front_ends_beside() { # [OPTION...]; rows on standard input
  local base side status verdict row reason
  base=$(mktemp -d "$RIND_TMP/rows.XXXXXX")
  chmod 0755 "$base"
  cat >"$base/rows"
  printf '| command | project of | with Rind |\n|---|---|---|\n' >"$base/table"
  for side in control guarded; do
    mkdir "$base/$side"
    use_no_rind
    [[ $side == control ]] || use_rind
    status=0
    _run_front_ends "$base/$side" "$base/rows" "$@" >"$base/$side.log" 2>&1 || status=$?
    if ((status != 0)); then
      hook_messages | tail -n 3 >>"$base/$side.log"
      report_not_ok "$TEST_PREFIX/$side" "the container ended with status $status" "$base/$side.log"
      return
    fi
  done
  python3 -B "$_front_ends_tests/judge.py" "$base/control" "$base/guarded" "$base/table" >"$base/verdicts" 2>"$base/judge.log" ||
    report_not_ok "$TEST_PREFIX/judge" "the comparison failed" "$base/judge.log"
  while IFS=$'\t' read -r verdict row reason; do
    case $verdict in
      ok) report_ok "$TEST_PREFIX/$row" ;;
      *) report_not_ok "$TEST_PREFIX/$row" "$reason" "$base/guarded/rows/$row/log" ;;
    esac
  done <"$base/verdicts"
  # Of some rows there is no table.
  [[ -n ${RIND_FRONT_ENDS:-} ]] || report_page_block "$FRONT_ENDS_PAGE" "${TEST_PREFIX##*/}" "$base/table"
  [[ -z ${RIND_FRONT_ENDS_KEEP:-} ]] || cp -r "$base" "$RIND_FRONT_ENDS_KEEP/"
  rm -rf -- "$base"
}
