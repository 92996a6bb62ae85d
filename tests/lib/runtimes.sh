# The same test on several OCI runtimes.
#
# on_each_runtime FUNCTION   defines test_FUNCTION_crun and test_FUNCTION_runc: for what the hook does between the runtime's
#                            steps, which are each runtime's own
# on_one_runtime FUNCTION    the same, but on runc only with --all: for what the helper does once the container runs, and what
#                            the hook says of it. Where that is a few of a file, the others run on crun alone.
# (and tests_..., for a function that reports several: on_each_runtime_several, on_one_runtime_several)

RUNTIMES=(crun runc)

_define_for_runtimes() {
  local kind=$1 function=$2 runtime
  for runtime in "${RUNTIMES[@]}"; do
    eval "${kind}_${function}_$runtime() { use_runtime $runtime; $function; }"
  done
}

on_each_runtime() { _define_for_runtimes test "$1"; }
on_each_runtime_several() { _define_for_runtimes tests "$1"; }

_runc_with_all() { all_only "a second runtime, which has no part in it" "$1_runc"; }

on_one_runtime() {
  on_each_runtime "$1"
  _runc_with_all "$1"
}

on_one_runtime_several() {
  on_each_runtime_several "$1"
  _runc_with_all "$1"
}
