# Parts of a page in docs/ that the tests write: what stands between `<!-- table NAME -->` and `<!-- end of table -->`.
#
# page_block PAGE NAME               prints it
# write_page_block PAGE NAME FILE    puts FILE there; test files may do so beside each other
# report_page_block PAGE NAME FILE   a test TEST_PREFIX/page: PAGE says what FILE has; with RIND_UPDATE_DOCS it is written first

page_block() {
  sed -n "/^<!-- table $2 -->$/,/^<!-- end of table -->$/p" "$1" | sed '1d;$d'
}

write_page_block() (
  grep -q "^<!-- table $2 -->$" "$1" || die "$1 has no place for the table $2"
  mkdir -p "$RIND_SOURCE/build"
  exec 9>"$RIND_SOURCE/build/page-blocks.lock"
  flock 9
  sed -i -e "/^<!-- table $2 -->$/,/^<!-- end of table -->$/{/^<!-- table $2 /r $3
    /^<!-- /!d}" "$1"
)

report_page_block() {
  [[ -z ${RIND_UPDATE_DOCS:-} ]] || write_page_block "$1" "$2" "$3"
  if diff -u <(page_block "$1" "$2") "$3" >"$RIND_TMP/page.diff"; then
    report_ok "$TEST_PREFIX/page"
  else
    report_not_ok "$TEST_PREFIX/page" "${1#"$RIND_SOURCE"/} is not what was found; to take it: tests/run --update-docs" "$RIND_TMP/page.diff"
  fi
}
