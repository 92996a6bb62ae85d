# Records of place `host`: the file on the host, how the container has it, and what is refused.

RECORD=/dev/rind/record.jsonl

# A fresh directory for records, RECORDS, and the policy that names it.
use_records() {
  RECORDS=$(mktemp -d "$RIND_TMP/records.XXXXXX")
  [[ $RIND_ENGINE != podman_rootless ]] || chown "$RIND_TEST_USER": "$RECORDS"
  use_rind "$(record_policy "$RECORDS")"
}

record_policy() { printf '{"record": {"place": "host", "directory": "%s"}}' "$1"; }

# With these options of the engine the container's user, OWNER on the host, writes its record there.
records() {
  local owner=$1 file
  shift
  use_records
  printf 'secret' >"$RECORDS/other.jsonl"
  chmod 0666 "$RECORDS/other.jsonl"
  expect_status 0 builder "$@" "$IMAGE_BUILDER" sh -c '
    echo "a line" >>"$1" && cat "$1" && stat -c "%F, %a" "$1" && ls -A /dev/rind
    for attempt in "rm -f $1" "mv $1 $1.old" "touch $1.new" "umount $1" "ls $2"; do
      if $attempt 2>/dev/null; then echo "done: $attempt"; fi
    done
    find / -xdev -name other.jsonl 2>/dev/null
    grep " $1 " /proc/self/mountinfo' write "$RECORD" "$RECORDS"
  expect_contains "the line" "$OUTPUT" "a line"
  expect_contains "the file" "$OUTPUT" "regular file, 600"
  expect_lacks "what should have failed" "$OUTPUT" "done:"
  expect_lacks "the files found" "$OUTPUT" other.jsonl
  expect_contains "the mount's options" "$OUTPUT" " rw,nosuid,nodev,noexec"
  expect_lacks "the mount's propagation" "$OUTPUT" "shared:"
  rm "$RECORDS/other.jsonl"
  file=$(only_record)
  [[ ${file##*/} =~ ^[0-9a-f]{64}\.jsonl$ ]] || fail "the file's name: $file"
  expect_equal "owner and mode" "$owner 600" "$(stat -c '%u:%g %a' "$file")"
  expect_equal "what it says" "a line" "$(cat "$file")"
}

only_record() {
  local files
  mapfile -t files < <(find "$RECORDS" -mindepth 1)
  ((${#files[@]} == 1)) || fail "the records: ${files[*]}"
  printf '%s' "${files[0]}"
}

rootful() { records 0:0; }
test_rootful_user() { records 1234:0 --user 1234; }
test_rootful_group() { records 1234:77 --user 1234:77; }
test_rootful_uidmap() { records 200000:300000 --uidmap 0:200000:65536 --gidmap 0:300000:65536; }
test_rootful_uidmap_user() { records 201234:300077 --user 1234:77 --uidmap 0:200000:65536 --gidmap 0:300000:65536; }
on_one_runtime rootful

# Every line of it is as the schema says, which knows every key.
fits_the_schema() { expect_status 0 /usr/bin/python3 -B "$RIND_SOURCE/tests/unit/schema.py" records "$1"; }

first_of() { sed -n "s/^$RIND_TEST_USER:\([0-9]*\):.*/\1/p" "$1" | head -n 1; } # FILE: subuid or subgid

# The container's root is the user; its other ids are the user's subordinate ones, from 1.
test_rootless() {
  RIND_ENGINE=podman_rootless
  import_image podman_rootless
  records "$(id -u "$RIND_TEST_USER"):$(id -g "$RIND_TEST_USER")"
  records "$(($(first_of /etc/subuid) + 1233)):$(id -g "$RIND_TEST_USER")" --user 1234
  records "$(($(first_of /etc/subuid) + 1233)):$(($(first_of /etc/subgid) + 76))" --user 1234:77
  # 0 of the container is 1000 of the user's namespace.
  records "$(($(first_of /etc/subuid) + 1009)):$(($(first_of /etc/subgid) + 1999))" --user 10:0 \
    --uidmap 0:1000:1024 --gidmap 0:2000:1024
}

# A shared mount on the host: what is mounted on the record must not be mounted there.
test_shared_mount() {
  use_records
  mount --bind "$RECORDS" "$RECORDS"
  mount --make-shared "$RECORDS"
  expect_contains "control: the host's" "$(grep " $RECORDS " /proc/self/mountinfo)" "shared:"
  expect_status 0 builder "$IMAGE_BUILDER" grep " /dev/rind/re*" /proc/self/mountinfo
  umount "$RECORDS"
  expect_contains "the mount" "$OUTPUT" "$RECORD"
  expect_lacks "its propagation" "$OUTPUT" "shared:"
}

test_no_record_by_default() {
  use_rind
  expect_status 0 builder "$IMAGE_BUILDER" ls -A /dev/rind
  expect_contains "the kit" "$OUTPUT" policy.json
  expect_lacks "the kit" "$OUTPUT" record
}

# What a step sees of it: nothing.
test_hidden_from_steps() {
  use_records
  expect_status 0 builder "$IMAGE_BUILDER" bash -c '
    [[ -w $1 ]] && echo "control: there"
    /dev/rind/rind run -- sh -c "if (echo x >>$1) 2>/dev/null; then echo \"the step: there\"; fi; true"' step "$RECORD"
  expect_equal "what is seen" "control: there" "$OUTPUT"
  expect_equal "lines in the record, the supervisor's" 1 "$(grep -c '"program":"sh"' "$(only_record)")"
  expect_lacks "the record" "$(cat "$(only_record)")" x$'\n'
}

# Prints one line per record: what ran, how it ended, what it made.
told() {
  python3 - "$1" <<'PY'
import hashlib, json, sys
for line in open(sys.argv[1]):
    r = json.loads(line)
    made = " ".join(f"{o['name']}:{o['path'].rsplit('/', 1)[-1]}" for o in r["outputs"])
    print(r["kind"], r["hook"] or "-", r["identity"]["mode"], r["outcome"]["exit_status"], made)
PY
}

# A whole build: a line for each step, with what came out of it, and its hash.
test_whole_build() {
  use_records
  expect_status 0 builder "$IMAGE_BUILDER" bash -c '
    fromager --network-isolation build --sdist --metadata /srv/packages/hello-ext >&2
    sha256sum <sdists-repo/builds/hello_ext-1.0.tar.gz | cut -d" " -f1'
  local record
  record=$(only_record)
  # The first is uv's question to the build environment's interpreter, through that seam.
  expect_equal "the records" "environment-command - ephemeral 0 
hook get_requires_for_build_wheel ephemeral 0 
hook get_requires_for_build_wheel ephemeral 0 
environment-command - ephemeral 0 
hook build_sdist ephemeral 0 sdist_directory:hello_ext-1.0.tar.gz
hook prepare_metadata_for_build_wheel ephemeral 0 metadata_directory:hello_ext-1.0.dist-info
hook build_wheel ephemeral 0 wheel_directory:hello_ext-1.0-cp313-cp313-linux_x86_64.whl" "$(told "$record")"
  expect_contains "the sdist's hash" "$(cat "$record")" "\"sha256\":\"${OUTPUT##*$'\n'}\""
  fits_the_schema "$record"
}

# A step that cannot be run leaves a line as well; one whose record cannot be written is not run.
test_failures() {
  use_records
  expect_status 125 builder --cap-drop CHOWN --cap-drop SETFCAP "$IMAGE_BUILDER" /dev/rind/rind run -- true
  expect_contains "the record of a refusal" "$(cat "$(only_record)")" "lacks CAP_SETFCAP"
  fits_the_schema "$(only_record)"
  # What ran, and made what cannot be taken: how it ended is there, and why it was for nothing.
  use_records
  expect_status 125 builder --env MISNAMED=other "$IMAGE_BUILDER" fromager --network-isolation build /srv/packages/misnamed
  fits_the_schema "$(only_record)"
  local line
  line=$(tail -n 1 "$(only_record)")
  expect_contains "the gate's reason" "$line" "does not belong to the package"
  expect_contains "how it ended" "$line" '"exit_status":0'
  expect_contains "whose it was" "$line" '"mode":"ephemeral"'
  expect_lacks "whose it was" "$line" '"uid":0'
  use_rind '{"record": {"place": "container", "directory": "/srv/nowhere"}}'
  expect_status 125 builder "$IMAGE_BUILDER" /dev/rind/rind run -- echo ran
  expect_lacks "the command" "$OUTPUT" $'\nran'
}

# What a step used: memory of a grandchild that nobody waits for but process 1, time of the processor, what it wrote. A step that
# uses nothing is beside it, and one of which nothing is known. The variable that it did not get.
USES='
import os, time
read, write = os.pipe()
if os.fork() == 0:
    if os.fork() == 0:
        hold = b"x" * (300 << 20)
        os.write(write, b"%d" % os.getpid())
    os._exit(0)
orphan = int(os.read(read, 20))
os.wait()
with open("made", "wb") as made:
    made.write(b"x" * (24 << 20))
while time.process_time() < 0.5:
    pass
while os.path.exists(f"/proc/{orphan}"):
    time.sleep(0.01)
'

usage_of() { # FILE PROGRAM
  jq -r --arg program "$2" 'select(.program == $program)
    | [.usage.peak_memory, .usage.written, .usage.user_time, .usage.system_time | if . == null then "null" else floor end]
    | join(" ")' "$1"
}

test_usage() {
  RECORDS=$(mktemp -d "$RIND_TMP/records.XXXXXX")
  use_rind "{\"record\": {\"place\": \"host\", \"directory\": \"$RECORDS\"}, \"limits\": {\"wall_clock_seconds\": 4}}"
  expect_status 0 builder "$IMAGE_BUILDER" env DEPLOY_TOKEN=1a2b3c bash -c '
    mkdir /srv/w && cd /srv/w
    /dev/rind/rind run --rw /srv/w -- python3 -c "$1" && rm made
    /dev/rind/rind run -- true
    /dev/rind/rind run -- sh -c "trap \"\" TERM; while :; do :; done" || true' step "$USES"
  local record peak written user
  record=$(only_record)
  read -r peak written user _ <<<"$(usage_of "$record" python3)"
  ((peak > 300 << 20 && peak < 400 << 20)) || fail "the memory: $peak"
  ((written >= 24 << 20 && written < 40 << 20)) || fail "what was written: $written"
  jq -se '.[0].usage | .user_time + .system_time > 0.5' "$record" || fail "the time: $(cat "$record")"
  read -r peak written user _ <<<"$(usage_of "$record" true)"
  ((peak < 50 << 20 && written < 1 << 20 && user == 0)) || fail "of nothing: $peak $written $user"
  expect_equal "of a step that was killed" "null null null null" "$(usage_of "$record" sh)"
  expect_equal "the container" "${record##*/}" "$(jq -r .container "$record" | sort -u).jsonl"
  expect_equal "different ids" 3 "$(jq -r .id "$record" | sort -u | wc -l)"
  expect_contains "withheld" "$(jq -c .withheld "$record" | head -n 1)" '"DEPLOY_TOKEN"'
  fits_the_schema "$record"
}

# Steps that end in other ways: by a signal, by the wall clock, as an install, and before they are any.
TOLD='
  /dev/rind/rind run -- sh -c "kill -9 \$\$"
  /dev/rind/rind run -- sleep 60
  python3 -m venv --without-pip /tmp/w/v && /tmp/w/v/bin/python3 -m pip install x
  touch /tmp/w/v/bin/uv && VIRTUAL_ENV=/tmp/w/v fromager step /srv/packages/hello-ext -- true
  true'

test_all_ends() {
  RECORDS=$(mktemp -d "$RIND_TMP/records.XXXXXX")
  use_rind "{\"record\": {\"place\": \"host\", \"directory\": \"$RECORDS\"}, \"limits\": {\"wall_clock_seconds\": 2}}"
  expect_status 0 builder "$IMAGE_BUILDER" bash -c "$TOLD"
  local record
  record=$(only_record)
  expect_contains "by a signal" "$(cat "$record")" '"signal":9'
  expect_contains "by the wall clock" "$(cat "$record")" '"limit":"wall_clock_seconds"'
  expect_contains "an install" "$(cat "$record")" '"kind":"install"'
  expect_contains "refused before it had an id" "$(cat "$record")" '"mode":""'
  fits_the_schema "$record"
}

# In the container: the directory is the builder's, and no step sees it.
test_in_the_container() {
  use_rind '{"record": {"place": "container", "directory": "/srv/records"}}'
  expect_status 0 builder "$IMAGE_BUILDER" bash -c '
    mkdir /srv/records
    /dev/rind/rind run -- true
    /dev/rind/rind run -- ls -A /srv/records
    wc -l </srv/records/steps.jsonl'
  expect_equal "lines" 2 "$OUTPUT"
}

# A container that can be started again: prints its id.
create() {
  "$RIND_ENGINE" create --network none --annotation "$BUILDER_ANNOTATION" \
    --annotation "run.oci.hooks.stderr=$RIND_TMP/hook.log" "$IMAGE_BUILDER" "$@"
}

restart() {
  use_records
  local id
  id=$(create sh -c "echo a line >>$RECORD")
  # shellcheck disable=SC2064
  trap "podman_rootful rm -f $id >/dev/null" EXIT
  expect_status 0 podman_rootful start --attach "$id"
  expect_status 0 podman_rootful start --attach "$id"
  expect_equal "the file" "$RECORDS/$id.jsonl" "$(only_record)"
  expect_equal "both lines" $'a line\na line' "$(cat "$(only_record)")"
}
on_one_runtime restart

test_buildah_run() {
  local container
  container=$(buildah_rootful from "$IMAGE_BUILDER")
  # shellcheck disable=SC2064
  trap "buildah_rootful rm $container >/dev/null" EXIT
  buildah_rootful config --annotation "$BUILDER_ANNOTATION" "$container"
  use_records
  expect_status 0 buildah_rootful run "$container" -- sh -c "echo a line >>$RECORD"
  expect_equal "what it says" "a line" "$(cat "$(only_record)")"
}

# The container COMMAND does not start, and the hook says WHY and the REMEDY, in one line.
refused() {
  local why=$1 remedy=$2 status=0 line
  shift 2
  : >"$RIND_TMP/hook.log"
  OUTPUT=$("$@" 2>&1) || status=$?
  OUTPUT+=$'\n'$(hook_messages)
  printf '%s\n' "$OUTPUT"
  ((status != 0)) || fail "it was started"
  expect_lacks "the container's output" "$OUTPUT" started
  line=$(grep -F "keep records of the container's steps on the host" <<<"$OUTPUT" | tail -n 1)
  expect_contains "the reason" "$line" "$why"
  expect_contains "the remedy" "$line" "$remedy"
}

# DIRECTORY WHY REMEDY
directory_refused() {
  use_rind "$(record_policy "$1")"
  refused "$2" "$3" builder "$IMAGE_BUILDER" echo started
  [[ ! -d $1 ]] || expect_equal "what was made in $1" "" "$(find "$1" -name '*.jsonl')"
}

directories() {
  local base
  base=$(mktemp -d "$RIND_TMP/refused.XXXXXX")
  mkdir -m 0700 "$base/good" "$base/others"
  : >"$base/file"
  ln -s good "$base/link"
  mkdir -m 0770 "$base/group-writes"
  mkdir -m 0777 "$base/all-write"
  mkdir -m 0755 "$base/all-enter"
  chown 1234 "$base/others"
  directory_refused "$base/missing" "No such file or directory" "install -d -m 0700 $base/missing"
  directory_refused "$base/file" "Not a directory" "install -d"
  directory_refused "$base/link" "symbolic links" "without symbolic links"
  directory_refused "$base/group-writes" "mode 0770" "chmod 0700"
  directory_refused "$base/all-write" "mode 0777" "chmod 0700"
  directory_refused "$base/all-enter" "mode 0755" "chmod 0700"
  directory_refused "$base/others" "belongs to uid 1234" "install -d"
  mount --bind "$base/good" "$base/good"
  mount -o remount,bind,ro "$base/good"
  directory_refused "$base/good" "Read-only file system" "writable file system"
  umount "$base/good"
  # Control: the same directory, writable, and one that a group may read.
  chmod 0750 "$base/good"
  use_rind "$(record_policy "$base/good")"
  expect_status 0 builder "$IMAGE_BUILDER" echo started
}
on_one_runtime directories

# Another user's directory, as it is for the rootless user where root has made it.
test_rootless_without_a_directory() {
  RIND_ENGINE=podman_rootless
  import_image podman_rootless
  local base
  base=$(mktemp -d "$RIND_TMP/refused.XXXXXX")
  chmod 0755 "$base"
  directory_refused "$base" "belongs to uid" "as the user who starts builders"
  directory_refused "$base/missing" "No such file or directory" "install -d"
}

# What lies under the file's name already, made by KIND, is not what an earlier start made.
planted() {
  local kind=$1 why=$2 id file
  use_records
  id=$(create echo started)
  # shellcheck disable=SC2064
  trap "podman_rootful rm -f $id >/dev/null" EXIT
  file=$RECORDS/$id.jsonl
  "$kind" "$file"
  refused "$why" "move it away" podman_rootful start --attach "$id"
  # Control: it was that file.
  rm -rf -- "$file"
  expect_status 0 podman_rootful start --attach "$id"
  expect_contains "the container" "$OUTPUT" started
  podman_rootful rm -f "$id" >/dev/null
}

plant_symlink() { ln -s /etc/passwd "$1"; }
plant_dangling() { ln -s "$1.target" "$1"; }
plant_fifo() { mkfifo -m 0600 "$1"; }
plant_directory() { mkdir -m 0600 "$1"; }
plant_hard_link() { : >"$1.other" && chmod 0600 "$1.other" && ln "$1.other" "$1"; }
plant_others() { : >"$1" && chmod 0600 "$1" && chown 1234 "$1"; }
plant_setuid() { : >"$1" && chmod 4755 "$1"; }

test_files() {
  planted plant_symlink "not a regular file"
  planted plant_dangling "not a regular file"
  planted plant_fifo "not a regular file"
  planted plant_directory "not a regular file"
  planted plant_hard_link "hard links"
  planted plant_others "belongs to 1234:0"
  planted plant_setuid "mode 4755"
}

# A container that is refused for another reason leaves no file.
refused_leaves_nothing() {
  use_records
  local status=0
  OUTPUT=$(builder --pid host "$IMAGE_BUILDER" echo started 2>&1) || status=$?
  ((status != 0)) || fail "it was started"
  expect_equal "the records" "" "$(ls -A "$RECORDS")"
}
on_one_runtime refused_leaves_nothing

# rind-hook's COMMAND with the policy that use_rind gave.
hook() {
  "$RIND_TMP/shared/stage/usr/libexec/oci/hooks.d/rind-hook" "$1" \
    --defaults "$RIND_TMP/shared/stage/usr/share/rind/policy.json" --config "${RIND_HOOKS%/hooks.d}/etc" "${@:2}"
}

# A builder that runs: its id is in ID, and its record in FILE.
run_builder() {
  ID=$(podman_rootful run -d --network none --annotation "$BUILDER_ANNOTATION" "$IMAGE_BUILDER" sleep 600)
  FILE=$RECORDS/$ID.jsonl
  # shellcheck disable=SC2064
  trap "podman_rootful rm -f -t 0 $ID >/dev/null" EXIT
}

step_in() { podman_rootful exec "$ID" /dev/rind/rind run -- "$@"; }
faults_of() { hook status --json | jq -r --arg id "$ID" '.builders[] | select(.id == $id) | .kit + ": " + (.faults | join(" "))'; }

# A record that is removed under a running container: no step starts, a step that runs fails, and status and check say so. The
# next start has a new file.
test_removed_under_way() {
  use_records
  run_builder
  expect_status 0 step_in true
  expect_equal "control: its kit" "whole: " "$(faults_of)"
  mv "$FILE" "$RECORDS/moved"
  # Renamed: nothing is lost, and status says it.
  expect_status 0 step_in true
  expect_equal "lines" 2 "$(wc -l <"$RECORDS/moved")"
  expect_contains "of a record that was moved" "$(faults_of)" "damaged: its record was moved away from $FILE"
  : >"$FILE"
  expect_contains "of another file of its name" "$(faults_of)" "moved away from $FILE"
  rm "$FILE" "$RECORDS/moved"
  expect_contains "of a record that was removed" "$(faults_of)" "was removed"
  expect_status 125 step_in touch /tmp/started
  expect_contains "the error" "$OUTPUT" "the container's record was removed on the build host"
  expect_contains "the remedy" "$OUTPUT" "start the container again"
  podman_rootful exec "$ID" /dev/rind/rind check >"$RIND_TMP/check" || true
  expect_contains "rind check" "$(<"$RIND_TMP/check")" "was removed on the build host"
  expect_status 0 podman_rootful restart -t 0 "$ID"
  expect_status 0 step_in true
  expect_equal "lines of the new one" 1 "$(wc -l <"$FILE")"
  expect_equal "its kit" "whole: " "$(faults_of)"
}

# While a step runs: it cannot be recorded, and is no success.
test_removed_during_a_step() {
  use_records
  run_builder
  step_in sh -c 'echo ready; exec sleep 2' >"$RIND_TMP/out" 2>&1 &
  wait_until 60 grep -q ready "$RIND_TMP/out"
  rm "$FILE"
  local status=0
  wait "$!" || status=$?
  expect_equal "the status" 125 "$status"
  expect_contains "the error" "$(<"$RIND_TMP/out")" "record was removed"
}

# A file that a container writes stays, whatever its age and size; those of others go.
test_prune() {
  use_records
  run_builder
  expect_status 0 step_in true
  local old=$RECORDS/$(printf 'a%.0s' {1..64}).jsonl new=$RECORDS/$(printf 'b%.0s' {1..64}).jsonl
  head -c 3000 /dev/zero >"$old"
  head -c 5000 /dev/zero >"$new"
  : >"$RECORDS/notes.txt"
  ln -s /etc/passwd "$RECORDS/link.jsonl"
  touch -d '100 days ago' "$old" "$FILE" "$RECORDS/notes.txt"
  touch -d '10 days ago' "$new"
  expect_status 1 hook prune
  expect_contains "the remedy" "$OUTPUT" "--older-than"
  expect_status 1 hook prune --older-than soon
  expect_status 0 hook prune --older-than 90d --dry-run
  expect_contains "what would go" "$OUTPUT" "would remove $old"
  [[ -e $old ]] || fail "a dry run removed it"
  expect_status 0 hook prune --older-than 90d
  expect_equal "what is left" "$(printf '%s\n' "$FILE" "$new" "$RECORDS/link.jsonl" "$RECORDS/notes.txt" | sort)" \
    "$(find "$RECORDS" -mindepth 1 | sort)"
  expect_status 0 hook prune --larger-than 1M
  [[ -e $new ]] || fail "it was removed for a size that was not reached"
  expect_status 0 hook prune --larger-than 1K
  [[ ! -e $new && -e $FILE ]] || fail "what is left: $(ls "$RECORDS")"
  expect_status 0 step_in true
  expect_equal "lines" 2 "$(wc -l <"$FILE")"
  # Control: when the container is gone, its file goes, too.
  podman_rootful rm -f -t 0 "$ID" >/dev/null
  expect_status 0 hook prune --larger-than 0
  [[ ! -e $FILE ]] || fail "it was left"
}
