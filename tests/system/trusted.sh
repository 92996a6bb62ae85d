# Trusted commands through the script seam.
source "$RIND_SOURCE/tests/system/rig.inc"
source "$RIND_SOURCE/tests/system/interpreter.inc"

test_runs_without_network_and_sees_the_container() {
  RIG_POLICY='{"trusted": [["sh", "..."]]}'
  expect_status 5 in_rig 'echo x >/tmp/w/theirs; "$SEAM" sh -c "cat /tmp/w/theirs; outer-id; grep CapEff /proc/self/status; exit 5"; s=$?; grep CapEff /proc/self/status; exit $s'
  local lines
  mapfile -t lines <<<"$OUTPUT"
  expect_equal "the container's /tmp" x "${lines[0]}"
  expect_equal "the builder's uid" 0 "${lines[1]}"
  expect_equal "the builder's rights" "${lines[3]}" "${lines[2]}"
  local sockets='for f in (1, 2, 10, 16, 17):
    try: socket.socket(f, socket.SOCK_DGRAM if f != 17 else socket.SOCK_RAW); print(f, "made")
    except OSError as e: print(f, e.errno)'
  RIG_POLICY='{"trusted": [["python3", "..."]]}'
  expect_status 0 in_rig 'python3 -c "import socket
$1"; echo; "$SEAM" python3 -c "import socket
$1"' "$sockets"
  expect_equal "sockets: control, trusted command" $'1 made\n2 made\n10 made\n16 made\n17 made\n\n1 made\n2 97\n10 97\n16 made\n17 97' "$OUTPUT"
}

test_same_command_untrusted_is_a_step() {
  expect_status 1 in_rig 'echo x >/tmp/w/theirs; "$SEAM" cat /tmp/w/theirs'
  expect_contains "it sees its own /tmp" "$OUTPUT" "No such file"
}

test_trusted_name_in_a_writable_place_is_a_step() {
  RIG_POLICY='{"trusted": [["tool"]]}'
  expect_status 0 in_rig 'mkdir /tmp/bin; printf "#!/bin/sh\ntest -e /tmp/seam && echo trusted\n" >/tmp/bin/tool; chmod +x /tmp/bin/tool; PATH=/tmp/bin:$PATH "$SEAM" tool; true'
  expect_equal "it ran without isolation" "" "$(grep -x trusted <<<"$OUTPUT")"
  expect_contains "as a step" "$OUTPUT" "it is not trusted"
}

test_no_command() {
  expect_status 2 in_rig '"$SEAM"'
}

# An attack: uv executes the interpreter that a .python-version in its working directory names, or in one above. In a
# package's sources it is the package's. WHERE SETUP: prints who ran
# shellcheck disable=SC2016
uv_in() {
  in_rig 'S=/tmp/w/pkg-1/pkg-1; mkdir -p $S/sub /mnt/theirs/sub /mnt/repo/repo; : >$S/setup.py
    cat >/mnt/bin/uv <<"UV"
#!/bin/sh
until [ -e .python-version ] || [ "$PWD" = / ]; do cd ..; done
[ ! -e .python-version ] || { read -r v <.python-version; [ ! -x "$v" ] || "$v"; }
test -e /tmp/seam && echo trusted || echo a step
UV
    printf "#!/bin/sh\ntest -e /tmp/seam && echo chosen outside of steps\n" >$S/evil; cp $S/evil /mnt/theirs/own
    chmod 0755 /mnt/bin/uv $S/evil /mnt/theirs/own; eval "cd $1; $2"; "$SEAM" uv venv ../new ${3:-} 2>&1; true' "$@"
}
# shellcheck disable=SC2016
test_settings_of_a_tool_in_the_sources() {
  local place settings
  for place in '$S' '$S/sub'; do
    for settings in 'echo $S/evil >$S/.python-version' 'echo ./evil >$S/.python-version' 'echo $S/evil >$S/x; ln -s x $S/.python-version' \
      'echo >$S/uv.toml' 'printf "[tool.uv]\ncache-dir = \"c\"\n" >$S/pyproject.toml' 'printf "[tool.\"\\\\u0075v\"]\n" >$S/pyproject.toml'; do
      expect_status 0 uv_in "$place" "$settings"
      expect_contains "$place, $settings" "$OUTPUT" "a step"
      expect_lacks "$place, $settings" "$OUTPUT" chosen
    done
  done
  for settings in '--directory w/pkg-1/pkg-1' --project=/tmp/w/pkg-1/pkg-1; do
    expect_status 0 uv_in /tmp 'echo $S/evil >$S/.python-version' "$settings"
    expect_equal "$settings" "a step" "$OUTPUT"
  done
  expect_status 0 uv_in '$S' 'echo $S/evil >$S/.python-version; SEAM=env'
  expect_contains "control: without Rind" "$OUTPUT" "chosen outside of steps"
}
# shellcheck disable=SC2016
test_settings_of_a_tool_that_choose_no_program() {
  local settings
  for settings in : 'echo 3.12 >$S/.python-version' 'printf "# ours\ncpython@3.12\n>=3.11\n" >$S/.python-version' \
    'printf "[project]\ndependencies = [\"uvicorn\"]\n" >$S/pyproject.toml'; do
    expect_status 0 uv_in '$S' "$settings"
    expect_equal "in the sources, $settings" trusted "$OUTPUT"
  done
  expect_status 0 uv_in /mnt/theirs/sub 'echo /mnt/theirs/own >../.python-version; : >../pyproject.toml'
  expect_equal "the operator's" $'chosen outside of steps\ntrusted' "$OUTPUT"
  # As CI systems check a repository out.
  expect_status 0 uv_in /mnt/repo/repo 'printf "[tool.uv]\n" >pyproject.toml'
  expect_equal "the operator's, in a directory of its own name" trusted "$OUTPUT"
}

# Fromager 0.54 makes environments by a module of the image. Operators start it in a project of their own, too.
# SETUP: in the working directory. Prints who ran
# shellcheck disable=SC2016
module_in() {
  in_interpreter_rig 'mkdir -p /mnt/modules /mnt/theirs; echo "import os; print(\"trusted\" if os.path.exists(\"/tmp/seam\") else \"a step\")" >/mnt/modules/virtualenv.py
    cd /mnt/theirs; export PYTHONPATH=/mnt/modules; eval "$1"; "$SEAM" python3 -m virtualenv x 2>/dev/null; true' "$1"
}
test_a_trusted_module_in_a_project() {
  local setup
  # shellcheck disable=SC2016
  for setup in : ': >pyproject.toml' ': >setup.py; mkdir src; : >src/virtualenv.py'; do
    expect_status 0 module_in "$setup"
    expect_equal "$setup" trusted "$OUTPUT"
  done
  for setup in ': >PKG-INFO' ': >setup.py; cp /mnt/modules/virtualenv.py .' ': >setup.py; : >platform.py'; do
    expect_status 0 module_in "$setup"
    expect_equal "$setup" "a step" "$OUTPUT"
  done
}
