# The real uv, from PyPI: the one that is fetched with Fromager (fromager.sh).
#
# real_uv             prints the directory of the program `uv`; it ends the run when uv cannot be fetched: a test of uv without uv
#                     proves nothing.
# uv_builder ARG...   a builder in which /srv/uv/uv is it, and which has the tests' wheels in /srv/wheels

real_uv() {
  local wheels directory
  wheels=$(_fetched wheels _fetch_wheels) || exit
  directory=${wheels/%wheels-*/uv-${wheels##*-}}
  if [[ ! -x $directory/uv ]]; then
    rm -rf -- "$directory.new"
    mkdir -p "$directory.new"
    python3 - "$wheels" "$directory.new" <<'PY' || die "the wheel of uv has no program"
import pathlib, sys, zipfile
wheels, top = map(pathlib.Path, sys.argv[1:])
(wheel,) = wheels.glob("uv-*.whl")
with zipfile.ZipFile(wheel) as archive:
    (name,) = (n for n in archive.namelist() if n.endswith(".data/scripts/uv"))
    (top / "uv").write_bytes(archive.read(name))
(top / "uv").chmod(0o755)
PY
    rm -rf -- "$directory"
    mv "$directory.new" "$directory"
  fi
  printf '%s\n' "$directory"
}

uv_builder() {
  wheels
  local uv
  uv=$(real_uv)
  builder -v "$uv:/srv/uv:ro" -v "$RIND_TMP/shared/wheels:/srv/wheels:ro" --env UV_OFFLINE=1 --env UV_PYTHON_DOWNLOADS=never \
    --env UV_LINK_MODE=copy --env UV_NO_CONFIG=1 "$@"
}
