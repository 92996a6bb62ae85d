# Refuses a first stage that would read what is not there yet: check_object.sh FILE
#
# The first stage runs before glibc's start: no relocation is done, and no library is ready. So its object may have no
# relocation whose value is an address (entries of a global offset table, pointers in data), nothing in thread storage,
# and no function from elsewhere but _start. FILE is an object or an archive. The build calls it; uses $READELF and $NM.
set -eu
file=$1

refuse() {
  echo "check_object: $file $1; it runs before relocations are done" >&2
  exit 1
}

needed=$("${NM:-nm}" --undefined-only "$file" | awk '$1 == "U" && $2 != "_start" && $2 != ".TOC." { printf " %s", $2 }')
[ -z "$needed" ] || refuse "needs$needed: use only what helper/first_stage has itself"

# ppc64le has its table's entries in .toc. Debug sections are not loaded.
addresses=$("${READELF:-readelf}" --wide --relocs "$file" | awk '
  /^Relocation section/ { section = $3 }
  section ~ /debug/ { next }
  $3 ~ /^R_/ && ($3 ~ /GOT|TLS|_(64|ABS64|ADDR64)$/) { printf " %s in %s", $3, section }')
[ -z "$addresses" ] || refuse "has relocations to addresses (${addresses# }): compile it with -fPIE and hidden symbols, without tables of pointers"
