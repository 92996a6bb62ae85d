# Every refusal of the hook and the helper says what to do (remedies.py walks the sources).

remedies() { expect_status "$1" /usr/bin/python3 -B "$RIND_SOURCE/tests/unit/remedies.py" "$2"; }

test_every_error_has_one() { remedies 0 "$RIND_SOURCE"; }

copy_of_sources() {
  COPY=$RIND_TMP/copy
  rm -rf "$COPY"
  mkdir "$COPY"
  cp -r "$RIND_SOURCE"/{common,hook,helper} "$COPY"
}

test_control_one_without() {
  copy_of_sources
  cat >>"$COPY/helper/step/step.cpp" <<'CODE'
void refuse() { throw Error("do (it)", R"(a "reason")"); }
CODE
  remedies 1 "$COPY"
  expect_contains "the fault" "$OUTPUT" "no remedy: helper/step/step.cpp:"
}

test_control_one_that_is_printed_as_it_is() {
  copy_of_sources
  sed -i 's/with_remedy(e, [^)]*)/e.what()/' "$COPY/helper/main.cpp"
  remedies 1 "$COPY"
  expect_contains "the fault" "$OUTPUT" "helper/main.cpp: prints an error without with_remedy()"
}
