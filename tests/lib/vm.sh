# Machines of qemu with another kernel, whose first process is systemd, for tests/vm.
#
# VM_KERNELS              releases of Debian whose kernels there are; with -aarch64 for that processor
# vm_processor KERNEL     prints it as uname(1) names it
# vm_machine KERNEL       makes the machine's disk from Debian's packages, once (minutes), and prints its directory: disk, linux
#                         and initrd
# vm_build KERNEL         builds this tree for it
# vm_run KERNEL LSM WORK ARGUMENT...   starts it with the security module LSM (apparmor or selinux), and tests/run ARGUMENT...
#                         in it: this tree, as it is built here. WORK is a directory of the caller's: `output` is what the run
#                         says, `status` its status, `kernel` the kernel, `results` each result as report.sh writes them,
#                         `denials` what SELinux denied, `console` what the machine says. Status 1 where the machine ended
#                         before its run.
#
# The disk is never written: what the machine changes is gone with it. It keeps a second one, VM_CACHE, for the engines' storage.
# Nothing of this machine's kernel is used (no KVM): processors are emulated, so time limits are RIND_TEST_PATIENCE (10) times as
# long. A run has VM_HOURS.

VM_KERNELS=(bookworm trixie bookworm-aarch64)
VM_HOURS=${VM_HOURS:-12}

_vm_packages=(ccache gcc libc6-dev systemd-sysv udev initramfs-tools zstd e2fsprogs kmod dbus)
# What differs: Rind's module for SELinux is tried on x86-64.
_vm_packages_x86_64=(linux-image-amd64 selinux-policy-default policycoreutils selinux-utils)
# The libraries are the unit tests'.
_vm_packages_aarch64=(linux-image-arm64 libmount1 libcap-ng0 libseccomp2 libsodium23)

vm_processor() {
  case $1 in
    *-aarch64) echo aarch64 ;;
    *) echo x86_64 ;;
  esac
}

vm_machine() { _once "machine-$1" _vm_machine; }

_vm_machine() { # machine-KERNEL
  local kernel=${1#machine-} log=$RIND_TEST_CACHE/$1.log packages key machine tree
  local -n of_processor=_vm_packages_$(vm_processor "$kernel")
  packages=("${_distro_build_packages[@]}" "${_apt_engine[@]}" "${_apt_machine[@]}" "${_vm_packages[@]}" "${of_processor[@]}")
  key=$( (printf '%s\n' "${_distro_packages[@]}" "${packages[@]}"; declare -f _vm_prepare _vm_finish) | _hash)
  machine=$RIND_TEST_CACHE/machine-$kernel-$key
  if [[ ! -d $machine ]]; then
    say "making a machine of $kernel from Debian's packages, once: some minutes"
    rm -rf --one-file-system -- "$RIND_TEST_CACHE/machine-$kernel"-*
    mkdir "$machine.new"
    tree=$machine.new/tree
    cp -a --reflink=auto "$(distro_tree "$kernel")" "$tree"
    _vm_prepare "$tree"
    with_progress "$log" _install_in_tree "$tree" "${packages[@]}" >&2 ||
      die "apt-get failed in the root of $kernel: $(tail -n 3 "$log"); all of it is in $log"
    _vm_finish "$tree" "$machine.new" >>"$log" 2>&1 || die "no disk of the root of $kernel: $(tail -n 3 "$log"); all of it is in $log"
    rm -rf --one-file-system -- "$tree"
    mv "$machine.new" "$machine"
  fi
  printf '%s\n' "$machine"
}

# Before the packages are installed: what the initial RAM disk has, which is made then.
_vm_prepare() { # TREE
  mkdir -p "$1/etc/initramfs-tools/conf.d" "$1/usr/share/initramfs-tools/modules.d"
  echo 'MODULES=list' >"$1/etc/initramfs-tools/conf.d/rind"
  printf '%s\n' virtio_pci virtio_blk ext4 >"$1/usr/share/initramfs-tools/modules.d/rind"
}

# Joined by &&, because errexit does not hold in a condition.
# shellcheck disable=SC2016,SC2115
_vm_finish() { # TREE MACHINE
  local tree=$1 machine=$2
  cat >"$tree/etc/systemd/system/rind-tests.service" <<'UNIT'
[Unit]
After=multi-user.target
SuccessAction=poweroff-force
FailureAction=poweroff-force
[Service]
Type=oneshot
TimeoutStartSec=infinity
Delegate=yes
LimitNOFILE=1048576
TasksMax=infinity
# As an administrator runs it, and not as a service.
SELinuxContext=-unconfined_u:unconfined_r:unconfined_t:s0-s0:c0.c1023
ExecStart=/usr/local/sbin/rind-tests
StandardOutput=tty
StandardError=tty
TTYPath=/dev/console
UNIT
  cat >"$tree/usr/local/sbin/rind-tests" <<'SCRIPT'
#!/bin/bash
set -e
mkdir -p /run/rind-vm /var/cache/rind-tests
label=
[[ ! -e /sys/fs/selinux/enforce ]] || label=,context=system_u:object_r:tmp_t:s0
mount -t 9p -o "trans=virtio,version=9p2000.L,msize=1048576$label" work /run/rind-vm
mount /dev/vdb /var/cache/rind-tests
exec /bin/bash /run/rind-vm/inside
SCRIPT
  chmod 0755 "$tree/usr/local/sbin/rind-tests" &&
    echo machine >"$tree/etc/hostname" && printf '127.0.0.1 localhost machine\n' >"$tree/etc/hosts" &&
    : >"$tree/etc/fstab" && rm -f "$tree/usr/sbin/policy-rc.d" &&
    ln -sf /lib/systemd/system/multi-user.target "$tree/etc/systemd/system/default.target" &&
    chroot "$tree" systemctl mask getty.target serial-getty@{ttyS0,ttyAMA0}.service apt-daily.timer apt-daily-upgrade.timer man-db.timer \
      e2scrub_all.timer fstrim.timer systemd-timesyncd.service &&
    cp "$tree"/boot/vmlinuz-* "$machine/linux" && cp "$tree"/boot/initrd.img-* "$machine/initrd" &&
    rm -rf "$tree"/boot/* "$tree"/vmlinuz* "$tree"/initrd.img* &&
    # SELinux's labels, as its policy names them. They are no other module's matter.
    { [[ ! -d $tree/etc/selinux/default/contexts ]] || unshare --mount --propagation private -- /bin/sh -c 'mount -t proc proc "$1/proc" &&
      chroot "$1" setfiles -F -e /proc /etc/selinux/default/contexts/files/file_contexts /' label "$tree"; } &&
    mke2fs -q -t ext4 -E lazy_itable_init=1 -d "$tree" "$machine/disk" 16G
}

# What the machine executes, and by which paths: as outside, because programs of the build know the source tree's.
_vm_inside() { # LSM ARGUMENT...
  local lsm=$1
  shift
  cat <<SCRIPT
set -e
export PATH=$_DISTRO_PATH LANG=C.UTF-8 HOME=/root USER=root RIND_TESTS_BUILT=yes RIND_TEST_PATIENCE=${RIND_TEST_PATIENCE:-10} RIND_TEST_FILE_SECONDS=36000
export RIND_TMP=/tmp/run RIND_TEST_LSM=$lsm
mkdir -p $(printf %q "$RIND_SOURCE") \$RIND_TMP
tar -x -C $(printf %q "$RIND_SOURCE") -f /run/rind-vm/source.tar
uname -r >/run/rind-vm/kernel
cat /sys/kernel/security/lsm >/run/rind-vm/lsm
cd $(printf %q "$RIND_SOURCE")
source tests/lib/all.sh
vm_secure
status=0
# At the level of containers' engines: what is made at the range of an administrator's login, a container may not write.
level=()
[[ $lsm != selinux ]] || level=(runcon -l s0 -- bash)
"\${level[@]}" tests/run $(printf '%q ' "$@") >/run/rind-vm/output 2>&1 || status=\$?
cp \$RIND_TMP/results /run/rind-vm/results || true
dmesg | grep -a 'avc:  denied' >/run/rind-vm/denials || true
echo \$status >/run/rind-vm/status
sync
SCRIPT
}

# Inside: loads what Rind ships for the module.
vm_secure() {
  case $RIND_TEST_LSM in
    # Only this one: parsing those of all packages takes minutes here.
    apparmor) apparmor_parser -r "$RIND_SOURCE/packaging/apparmor/rind-builder" ;;
    selinux)
      # From where modules are: the policy lets semodule read few other places.
      install -m 0644 "$RIND_SOURCE"/build/{rind,rind_engine}.pp /usr/share/selinux/
      restorecon /usr/share/selinux/*.pp
      semodule -i /usr/share/selinux/{rind,rind_engine}.pp
      # The disk of the engines' storage has no labels; what is made there later has its directory's.
      chcon system_u:object_r:container_var_lib_t:s0 "$RIND_TEST_CACHE" "$RIND_TEST_CACHE"/builder-*.tar
      [[ $(getenforce) == Enforcing ]] || die "SELinux does not enforce"
      ;;
  esac
}

# The tree as git knows it, and of the build what is executed. Another processor's has its directories here, and this one's there.
_vm_source() { # PROCESSOR ARCHIVE
  local stage=stage build=release
  [[ $1 == x86_64 ]] || stage=$1-stage build=$1
  (cd "$RIND_SOURCE" && { git ls-files -z
    printf 'build/%s\0' "$stage" "$build"/tests/{unit/rind-unit,system/rind-flat-kit} rind.pp rind_engine.pp
  } | tar -c --null -T - --transform "s,^build/$stage/,build/stage/,;s,^build/$build/,build/release/," -f "$2")
}

# Builds Rind for the machine, as tests/run builds it: programs, what the tests execute, and what would be installed.
vm_build() { # KERNEL
  local processor
  processor=$(vm_processor "$1")
  build_rind
  [[ $processor != x86_64 ]] || return 0
  cross_build "$processor" rind rind-hook rind-hook-commands rind-flat-kit rind-unit
  rm -rf -- "$RIND_SOURCE/build/$processor-stage"
  DESTDIR=$RIND_SOURCE/build/$processor-stage cmake --install "$RIND_SOURCE/build/$processor" >&2
}

vm_run() {
  local kernel=$1 lsm=$2 work=$3 machine cache processor parameters emulator
  shift 3
  processor=$(vm_processor "$kernel")
  machine=$(vm_machine "$kernel")
  cache=${VM_CACHE:-$machine/cache-$lsm}
  [[ -f $cache ]] || _vm_cache "$processor" "$cache"
  make -s -C "$RIND_SOURCE/packaging/selinux" O="$RIND_SOURCE/build"
  checkmodule -M -m -o "$RIND_SOURCE/build/rind_engine.mod" "$RIND_SOURCE/tests/lib/rind_engine.te" >&2
  semodule_package -o "$RIND_SOURCE/build/rind_engine.pp" -m "$RIND_SOURCE/build/rind_engine.mod"
  _vm_source "$processor" "$work/source.tar" || die "the tree for the machine cannot be packed"
  _vm_inside "$lsm" "$@" >"$work/inside"
  parameters="root=/dev/vda rw panic=-1 systemd.unified_cgroup_hierarchy=1 systemd.unit=rind-tests.service systemd.condition-needs-update=no systemd.mask=apparmor.service"
  case $lsm in
    apparmor) parameters+=" apparmor=1 security=apparmor" ;;
    selinux) parameters+=" selinux=1 security=selinux enforcing=1" ;;
  esac
  case $processor in
    # One thread for both processors: with two, qemu 7 can execute code that the other one has patched, and a kernel that patches
    # itself ends in a panic.
    x86_64)
      emulator=(qemu-system-x86_64 -accel "tcg,thread=single" -machine q35 -cpu "max,la57=off")
      parameters+=" console=ttyS0"
      ;;
    aarch64)
      emulator=(qemu-system-aarch64 -accel "tcg,thread=multi" -machine virt -cpu cortex-a72)
      parameters+=" console=ttyAMA0"
      ;;
  esac
  timeout "${VM_HOURS}h" nice -n 5 "${emulator[@]}" -smp 2 -m 4096 -nodefaults \
    -display none -no-reboot -nic none -serial "file:$work/console" -kernel "$machine/linux" -initrd "$machine/initrd" \
    -append "$parameters" -device virtio-rng-pci -drive "file=$machine/disk,format=raw,if=virtio,snapshot=on" \
    -drive "file=$cache,format=raw,if=virtio,cache=unsafe" \
    -virtfs "local,path=$work,mount_tag=work,security_model=none" || true
  [[ -s $work/status ]]
}

# The builder image's archive goes there, so that the machine needs no mirror. There is none for another processor.
_vm_cache() { # PROCESSOR FILE
  local archive tree=$2.tree
  rm -rf -- "$tree"
  mkdir "$tree"
  if [[ $1 == x86_64 ]]; then
    archive=$(make_image_archive)
    cp --reflink=auto "$archive" "$tree/"
    # Only its name matters, for the archive's.
    mkdir "$tree/$(basename "$(_make_base_tree)")"
  fi
  mke2fs -q -t ext4 -d "$tree" "$2.new" 20G >&2
  rm -rf -- "$tree"
  mv "$2.new" "$2"
}

# The row of a run: kernel, security module, what ran, and its counts.
vm_row() { # WORK LSM WHAT
  local what=$3
  printf '| %s | %s | %s | %s | %s | %s |\n' "$(<"$1/kernel")" "$([[ $2 == selinux ]] && echo SELinux || echo AppArmor)" "\`$what\`" \
    "$(grep -c '^passed ' "$1/results" || true)" "$(grep -c '^failed ' "$1/results" || true)" "$(grep -c '^skipped ' "$1/results" || true)"
}

# Takes the place of the row with the same kernel, module and tests.
vm_update_page() { # PAGE ROW
  local key block=$RIND_TMP/kernels
  key=$(cut -d '|' -f 1-4 "$2")
  {
    printf '| kernel | security module | tests | passed | failed | skipped |\n|---|---|---|---|---|---|\n'
    { page_block "$1" kernels | grep '^| [0-9]' | grep -vF "$key|" || true; cat "$2"; } | sort -V
  } >"$block"
  write_page_block "$1" kernels "$block"
}
