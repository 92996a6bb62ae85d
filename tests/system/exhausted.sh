# What a step needs has run out: descriptors, processes, memory, room or inodes in /tmp. A step is isolated as ever, or it does not
# start and says why; and nothing is left.
source "$RIND_SOURCE/tests/system/rig.inc"

# judge STATUS: of the step that wrote /tmp/out. Prints `whole`, `refused`, or what is wrong.
# shellcheck disable=SC2016
EXHAUSTED='
HOME=/srv/home; mount -t tmpfs -o mode=1777 tmp /var/tmp; mount -t tmpfs -o mode=0755 srv /srv; mkdir -p $HOME; chmod 755 $HOME; echo LOOT >$HOME/.netrc; export HOME
mkdir -m 1777 /srv/out
STEP="cat $HOME/.netrc; grep -c : /proc/net/dev; ls -d /proc/1 /srv/out; echo end"
WHOLE=$("$RIND" run -- sh -c "$STEP" 2>/dev/null)
KNOWN=
private_directories() { find /tmp /var/tmp $HOME -maxdepth 1 -name "rind-private*" -printf "%p "; }
judge() {
  local out
  out=$(cat /srv/out/out)
  if [[ $1 == 0 && $out == "$WHOLE" ]]; then echo whole
  elif [[ $1 == 125 && $(cat /srv/out/err) == *rind:* && $out == "" ]]; then echo refused
  # The step itself lacks what is exhausted.
  elif [[ $1 != 0 && $1 != 125 && $(cat /srv/out/err) != "" && $out != *LOOT* ]]; then echo failed
  else echo "status $1: $out; $(cat /srv/out/err)"; fi
  local left
  # Without descriptors nothing can be removed; then it is said once, and a later step removes it.
  for left in $(private_directories); do
    [[ " $KNOWN " == *" $left "* ]] || grep -q "remove the private directory $left" /srv/out/err || echo "left: $left"
  done
  KNOWN=$(private_directories)
}
as_step() { "$@" "$RIND" run -- sh -c "$STEP" >/srv/out/out 2>/srv/out/err && judge 0 || judge $?; }
'
in_exhausted_rig() { in_rig "$EXHAUSTED$1" | sort | uniq -c | sed 's/^ *//'; }

# expect_only OUTPUT RESULT...: each result was found, and no other.
expect_only() {
  local output=$1 result
  shift
  for result; do expect_contains "some are $result" "$output" " $result"; done
  expect_equal "others" "" "$(grep -vE "^[0-9]+ (whole|refused|failed)$" <<<"$output")"
}

# shellcheck disable=SC2016
test_descriptors() {
  OUTPUT=$(in_exhausted_rig '[[ $WHOLE == *end ]] && echo control; for n in {3..40}; do as_step prlimit --nofile=$n; done
    as_step env; private_directories' | sed '/control$/d')
  expect_only "$OUTPUT" whole refused
}
# shellcheck disable=SC2016
test_processes() {
  RIG_POLICY=$IDENTITY_NONE
  OUTPUT=$(in_exhausted_rig 'chmod 755 /mnt; for n in {1..8}; do as_step setpriv --reuid=4711 --regid=4711 --clear-groups prlimit --nproc=$n; done')
  expect_only "$OUTPUT" refused
}
# shellcheck disable=SC2016
test_address_space() {
  # Below its own size, and 1 MiB for its data and the C library, these end it before its own code begins.
  OUTPUT=$(in_exhausted_rig 'for mib in $(seq $(($(stat -c %s "$RIND") / 1048576 + 2)) 16); do as_step prlimit --as=$((mib << 20)); done')
  expect_only "$OUTPUT" whole
}
# shellcheck disable=SC2016
test_inodes_in_tmp() {
  OUTPUT=$(in_exhausted_rig 'for n in {1..8}; do mount -t tmpfs -o mode=1777,nr_inodes=$n few /tmp; as_step env; umount /tmp; done')
  expect_only "$OUTPUT" whole
}
# shellcheck disable=SC2016
test_room_in_tmp() {
  OUTPUT=$(in_exhausted_rig 'mount -t tmpfs -o mode=1777,size=16k small /tmp; head -c 1M /dev/zero >/tmp/fill 2>/dev/null || true; as_step env')
  expect_only "$OUTPUT" whole
}
