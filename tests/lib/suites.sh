# Which suites there are and what each needs.
#
# queue_suite NAME   builds and prepares what that suite needs, once per run, and queues its files (parallel.sh)

ALL_SUITES=(unit fuzz system races faults container attack fromager frontends docs packaging distro)
# What a run is that names no suite. The others run then only with --all.
DEFAULT_SUITES=(unit fuzz system races faults container attack fromager frontends docs packaging)

_prepared=

_prepare() {
  [[ $_prepared != *" $1 "* ]] || return 0
  _prepared+=" $1 "
  # A machine that has all that tests need, and what is built (vm.sh).
  [[ -z ${RIND_TESTS_BUILT:-} || $1 != @(packages|build) ]] || return 0
  case $1 in
    packages) install_packages ;;
    browser) install_packages docs ;;
    build) build_rind ;;
    engines) setup_engines ;;
    image) import_image podman_rootful ;;
    rootless_image) import_image podman_rootless ;;
    rpm) build_rpm ;;
    deb) build_deb ;;
  esac
}

# The doctest binary runs once; each of its test cases counts as a test.
_run_unit() {
  # shellcheck disable=SC2053
  [[ unit == $RIND_TEST_PATTERN ]] || return 0
  local binary=$RIND_BUILD/tests/unit/rind-unit log=$RIND_TMP/unit.log status=0 counts
  if [[ ! -x $binary ]]; then
    report_not_ok unit "there is no $binary"
    return
  fi
  "$binary" --no-colors >"$log" 2>&1 || status=$?
  # [doctest] test cases:  42 |  41 passed |  1 failed | 0 skipped
  counts=$(sed -n 's/^\[doctest\] test cases: *[0-9]* | *\([0-9]*\) passed | *\([0-9]*\) failed.*/\1 \2/p' "$log")
  local passed=${counts% *} failed=${counts#* } n
  if [[ -z $counts ]] || ((passed + failed == 0)); then
    report_not_ok unit "no test case ran (status $status): $(tail -n 1 "$log")"
    return
  fi
  for ((n = 0; n < passed; n++)); do _record passed unit; done
  for ((n = 0; n < failed; n++)); do _record failed unit "$log"; done
  if ((status == 0)); then
    printf 'ok unit: %d test cases\n' "$passed"
  else
    printf 'not ok unit: %d of %d test cases failed\n' "$failed" "$((passed + failed))"
    sed 's/^/#   /' "$log"
    # A crash of the binary itself must not be lost in the counts.
    ((failed > 0)) || _record failed unit "status $status"
  fi
}

queue_suite() {
  local suite=$1 first=${RIND_TEST_PATTERN%%/*}
  # A pattern that names another suite: nothing is prepared for it.
  [[ $first == *[*?[]* || $first == "$suite" ]] || return 0
  _prepare packages
  _prepare build
  case $suite in
    unit) _run_unit ;;
    fuzz | system | races | distro) ;;
    container | faults | attack | fromager | frontends | docs)
      _prepare engines
      _prepare image
      # Else by the first test that needs it, within its limit.
      [[ $suite != docs ]] || _prepare browser
      [[ $suite != container || $RIND_TEST_PATTERN != '*' ]] || _prepare rootless_image
      ;;
    packaging)
      _prepare engines
      _prepare image
      # The files that need it run only then.
      if [[ -n $RIND_TEST_ALL ]]; then
        _prepare rpm
        _prepare deb
      fi
      ;;
    *) die "there is no suite '$suite': ${ALL_SUITES[*]}" ;;
  esac
  queue_files "$suite" "$RIND_SOURCE/tests/$suite"/*.sh
}
