# The real uv, from PyPI, fetched once and kept in the cache. Which one: uv-requirements.txt, by version and hash.
#
# real_uv             prints the directory of the program `uv`; fetches it where the cache does not have it. It ends the run
#                     when that is not possible: a test of uv without uv proves nothing.
# uv_builder ARG...   a builder in which /srv/uv/uv is it, and which has the tests' wheels in /srv/wheels

real_uv() {
  local pinned=$RIND_SOURCE/tests/lib/uv-requirements.txt directory
  directory=$RIND_TEST_CACHE/uv-$(_hash <"$pinned")
  if [[ ! -x $directory/uv ]]; then
    say "fetching uv, once"
    rm -rf -- "$directory.new"
    mkdir -p "$directory.new"
    python3 -m pip download -q --disable-pip-version-check --no-deps --require-hashes --only-binary=:all: \
      --platform manylinux2014_x86_64 --platform manylinux_2_17_x86_64 -d "$directory.new" -r "$pinned" >&2 ||
      die "uv could not be fetched by pip (python3 -m pip download -r $pinned)"
    python3 - "$directory.new" <<'PY' || die "the wheel of uv has no program"
import pathlib, sys, zipfile
top = pathlib.Path(sys.argv[1])
(wheel,) = top.glob("uv-*.whl")
with zipfile.ZipFile(wheel) as archive:
    (name,) = (n for n in archive.namelist() if n.endswith(".data/scripts/uv"))
    (top / "uv").write_bytes(archive.read(name))
(top / "uv").chmod(0o755)
wheel.unlink()
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
