# Refuses a helper that needs anything of the image, or that gives rights: check_binary.sh static|dynamic FILE
#
# The build calls it after linking. `dynamic` is for RIND_STATIC_HELPER=OFF, which is never installed: libraries and
# name services are then not looked at. Uses $READELF, $NM (binutils) and $GETFATTR.
set -eu
kind=$1 file=$2

refuse() {
  echo "check_binary: $file $1" >&2
  exit 1
}

mode=$(stat -c %A "$file")
case $mode in
  *[sS]*) refuse "is setuid or setgid ($mode): it would give rights to every step; take the bit away" ;;
esac

capabilities=$("${GETFATTR:-getfattr}" --absolute-names -d -m '^security\.capability$' "$file")
[ -z "$capabilities" ] || refuse "has file capabilities: it would give rights to every step; take them away (setcap -r)"

[ "$kind" = static ] || exit 0

headers=$("${READELF:-readelf}" --wide --program-headers --dynamic "$file")
case $headers in
  *INTERP* | *'(NEEDED)'*)
    refuse "is not static: it would run the image's loader and libraries, which a package may have written; link it with -static-pie"
    ;;
esac

# What loads NSS modules. (fgetpwent(3) has __nss_fgetent_r, which reads the file that it is given, and no more.)
symbols=$("${NM:-nm}" "$file")
case $symbols in
  *main*) ;;
  *) refuse "has no symbols: whether it needs name services cannot be told; strip it when it is installed" ;;
esac
services=$(printf '%s\n' "$symbols" | grep -E ' __nss_(module_load|database_get|lookup|lookup_function)$' || true)
[ -z "$services" ] ||
  refuse "needs name services (NSS): it would load the image's libraries; read /etc/passwd instead of calling getpw*, getgr*, getaddrinfo"
