# Includes point downwards only: a folder includes what its CMakeLists.txt names, and the folders have an order.

includes() { expect_status "$1" /usr/bin/python3 -B "$RIND_SOURCE/tests/unit/includes.py" "$2"; }

test_are_as_the_folders_say() { includes 0 "$RIND_SOURCE"; }

# with_line FILE LINE   a copy of the sources in $COPY in which FILE has a further line
with_line() {
  COPY=$RIND_TMP/copy
  rm -rf -- "$COPY"
  mkdir "$COPY"
  cp -r "$RIND_SOURCE"/{common,hook,helper} "$COPY"
  sed -i "1i $2" "$COPY/$1"
}

test_control_one_that_points_upwards() {
  with_line helper/step/step.h '#include "helper/plan/plan.h"'
  includes 1 "$COPY"
  expect_contains "the fault" "$OUTPUT" "helper/step/step.h includes a header of helper/plan"
}

test_control_a_folder_that_is_named_for_nothing() {
  with_line hook/log/log.h '// as it was'
  sed -i 's#rind_folder(DEPENDS #&hook/container #' "$COPY/hook/log/CMakeLists.txt"
  includes 1 "$COPY"
  expect_contains "the fault" "$OUTPUT" "hook/log/CMakeLists.txt names hook/container"
}

test_control_two_that_use_each_other() {
  with_line helper/step/step.h '#include "helper/plan/plan.h"'
  sed -i 's#rind_folder(DEPENDS #&helper/plan #' "$COPY/helper/step/CMakeLists.txt"
  includes 1 "$COPY"
  expect_contains "the fault" "$OUTPUT" "these folders use each other:"
}
