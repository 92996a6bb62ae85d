# Variables that the engine, a script and the front end set. The control is in the same container.

SCRIPT=/opt/app-root/lib/python3.13/site-packages/fromager/run_network_isolation.sh

# A front end that is a program of its own, started by a script that exports; it calls `env` without and through the seam.
# shellcheck disable=SC2016
FRONT_END='
import os, subprocess, sys
env = {**os.environ, "STEP_AUTH": "word-1", "STEP_TOKEN": "word-2", "OWN_AUTH": "word-3", "CHANGED_AUTH": "word-4",
       "SETUPTOOLS_SCM_PRETEND_VERSION_FOR_TOKENIZE_RT": "6.1.0", "CMAKE_ARGS": "-DU=https://me:word-5@host/x"}
for seam in [], [sys.argv[1]]:
    print("seam" if seam else "control", flush=True)
    subprocess.run(seam + ["sh", "-c", "env | grep -E \"_AUTH=|_TOKEN=|^CI_|^GITHUB_|SCM_|^CMAKE\" | sort"], env=env)
'

# shellcheck disable=SC2016
what_the_front_end_says() {
  use_rind
  expect_status 0 builder --env OWN_AUTH=word-3 --env CHANGED_AUTH=word-9 --env CI_COMMIT_TAG=v1 --env CI_JOB_TOKEN=word-6 --env GITHUB_SHA=abcd "$IMAGE_BUILDER" bash -c '
    printf "export EXPORTED_AUTH=word-7 GITHUB_TOKEN=word-8\n" >/tmp/ci.env
    . /tmp/ci.env
    python3 -c "$1" "$2" 2>/dev/null' told "$FRONT_END" "$SCRIPT"
  local control=${OUTPUT%%$'\n'seam*} step=${OUTPUT#*seam$'\n'} name
  for name in STEP_AUTH STEP_TOKEN OWN_AUTH CHANGED_AUTH EXPORTED_AUTH GITHUB_TOKEN CI_JOB_TOKEN CI_COMMIT_TAG GITHUB_SHA; do
    expect_contains "without Rind" "$control" $'\n'"$name="
  done
  expect_equal "the step's" "CHANGED_AUTH=word-4
CI_COMMIT_TAG=v1
CMAKE_ARGS=-DU=https://host/x
GITHUB_SHA=abcd
SETUPTOOLS_SCM_PRETEND_VERSION_FOR_TOKENIZE_RT=6.1.0
STEP_AUTH=word-1" "$(grep -v '^HF_' <<<"$step")"
}
on_one_runtime what_the_front_end_says
