# The filter of a step, by policy, in containers with and without one of the engine's.

# getpid(2) by the 32-bit entry, as no program of this architecture does it.
INT_0X80='
import ctypes, mmap, os
code = bytes.fromhex("53 b814000000 cd80 5b c3")  # push rbx; mov eax, 20; int 0x80; pop rbx; ret
page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
page.write(code)
call = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
print("32 bit:", call() == os.getpid())'
COUNT='sed -n "s/^Seccomp_filters:[[:space:]]*//p" /proc/self/status'

setup() { [[ $(uname -m) == x86_64 ]] || skip "int 0x80 is x86's"; }

# Prints `filters MORE` than the container has, and how the 32-bit call ended, by the policy in $1.
profile() {
  use_rind "{\"seccomp\": \"$1\"}"
  builder --env INT_0X80="$INT_0X80" "${@:2}" "$IMAGE_BUILDER" sh -c '
    outside=$('"$COUNT"')
    inside=$(/dev/rind/rind run -- sh -c '"'$COUNT'"')
    echo "filters $((inside - outside))"
    /dev/rind/rind run -- python3 -c "$INT_0X80"
    echo "status $?"' 2>&1
}

expect_profile() { # NAME FILTERS OPTION...   a profile under which the 32-bit call works
  OUTPUT=$(profile "$1" "${@:3}")
  expect_equal "$1" "filters $2"$'\n32 bit: True\nstatus 0' "$OUTPUT"
}

# The container itself can: by podman's profile and by this kernel.
test_control() {
  expect_status 0 builder "$IMAGE_BUILDER" python3 -c "$INT_0X80"
  expect_equal "the container" "32 bit: True" "$OUTPUT"
}

native() {
  OUTPUT=$(profile native "$@")
  expect_contains "one filter more" "$OUTPUT" "filters 1"
  expect_contains "the 32-bit call dies" "$OUTPUT" "status 159"
  expect_contains "the reason" "$OUTPUT" "seccomp killed a process for a system call of another architecture"
  expect_lacks "the call" "$OUTPUT" "32 bit: True"
}
multiarch() { expect_profile multiarch 1; }
none() { expect_profile none 0; }
on_each_runtime native
on_each_runtime multiarch
on_each_runtime none

# Without a profile of the engine's, the step's are the only ones.
native_alone() { native --security-opt seccomp=unconfined; }
test_multiarch_alone() { expect_profile multiarch 1 --security-opt seccomp=unconfined; }
test_none_alone() { expect_profile none 0 --security-opt seccomp=unconfined; }
on_each_runtime native_alone

# Whatever is allowed by architecture: a namespace of its own is not, by either entry.
namespaces() {
  local name
  for name in native multiarch; do
    use_rind "{\"seccomp\": \"$name\"}"
    expect_status 0 builder "$IMAGE_BUILDER" sh -c '
      unshare --user true && echo "the container may"
      /dev/rind/rind run -- sh -c "unshare --user true && echo the step may; true"'
    expect_contains "$name" "$OUTPUT" "the container may"
    expect_lacks "$name" "$OUTPUT" "the step may"
  done
}
on_each_runtime namespaces
