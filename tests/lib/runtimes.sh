# The same test on every OCI runtime.
#
# on_each_runtime FUNCTION   defines test_FUNCTION_crun and test_FUNCTION_runc
# (and tests_..., for a function that reports several: on_each_runtime_several FUNCTION)

RUNTIMES=(crun runc)

_define_for_runtimes() {
  local kind=$1 function=$2 runtime
  for runtime in "${RUNTIMES[@]}"; do
    eval "${kind}_${function}_$runtime() { use_runtime $runtime; $function; }"
  done
}

on_each_runtime() { _define_for_runtimes test "$1"; }
on_each_runtime_several() { _define_for_runtimes tests "$1"; }
