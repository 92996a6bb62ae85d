# Code that the programs usually execute lies side by side (bench/code-order).

# The functions that the linker script names and that the program has: HAS of NAMED.
_named_and_there() { # SCRIPT PROGRAM
  nm "$2" | awk '{ print $3 }' | sort -u >"$RIND_TMP/symbols"
  sed -nE 's/^ *\*\(\.text\.([a-z]+\.)?(_Z[^)]*)\)$/\2/p' "$1" | sort -u >"$RIND_TMP/named"
  comm -12 "$RIND_TMP/named" "$RIND_TMP/symbols" | wc -l
}

_ordered() { # SCRIPT PROGRAM
  local there named size
  there=$(_named_and_there "$1" "$2") named=$(wc -l <"$RIND_TMP/named")
  ((named > 100 && there * 5 >= named * 4)) || fail "$1 names $named functions, of which $2 has $there: run bench/code-order and commit what it writes"
  [[ $(uname -m) == x86_64 ]] || return 0 # elsewhere the linker is not given it
  size=$(size -A "$2" | awk '$1 == ".text.ordered" { print $2 }')
  ((${size:-0} > 100000)) || fail "$2 has ${size:-no} bytes of code in this order: link it with a linker that takes -T with INSERT, such as GNU ld"
}

test_code_of_the_helper() { _ordered "$RIND_SOURCE/helper/rind.ld" "$RIND_BUILD/rind"; }
test_code_of_the_hook() { _ordered "$RIND_SOURCE/hook/rind-hook.ld" "$RIND_BUILD/rind-hook"; }
