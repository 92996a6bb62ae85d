"""Files and directories that a package reads, runs or writes outside of its sources."""

from .cause import BUILDERS_UID, BY_IDENTITY, BY_VIEWS, LENT, OF_ANOTHER_PACKAGE, Cause, make, read, run, views, write

OTHER = "/opt/app-root/src/work-dir/other-1.0/other-1.0"
SHOWN = {}  # by a view of the file
DAEMON = "setsid sleep 1000 & echo $! >/opt/causes/daemon"


def reads(name, path, words, mode="0644", setup="", fix=SHOWN, **more):
    """A file of the builder's that the package reads by its full name."""
    prepare = f"mkdir -p $(dirname {path}); echo x >{path}; chmod {mode} {path}; {setup}"
    return Cause(name, words, read(path.replace("$HOME", "~")), prepare, fix=views(path) if fix is SHOWN else fix, **more)


def closed(name, path, mode, setup="", fix=SHOWN):
    """One that is closed to a uid of the step's own."""
    return reads(name, path, (path.replace(".", r"\."), BY_IDENTITY), mode, setup, views(path, LENT) if fix is SHOWN else fix)


def writes(name, path, words, code=write, setup="", fix=None, **more):
    return Cause(name, words, code(path), setup, fix=fix, **more)


READ = [
    reads("home-file", "$HOME/settings.toml", (r"settings\.toml", BY_VIEWS)),
    reads("home-config", "$HOME/.config/tool/config", (r"\.config", BY_VIEWS)),
    reads("home-ssh", "$HOME/.ssh/known_hosts", (r"\.ssh", BY_VIEWS)),
    reads("home-read-only", "$HOME/settings.toml", (r"HOME", BY_VIEWS), place="policies",
          fix={"views": {"$HOME": {"view": "private", "backing": "disk"}, "$HOME/settings.toml": "ro"}}),
    reads("home-of-another", "/home/somebody/tool.conf", (r"/home", BY_VIEWS)),
    reads("roots-home", "/root/tool.conf", (r"/root/tool\.conf", BY_VIEWS)),
    reads("run-file", "/run/causes-state", (r"/run/causes-state", BY_VIEWS)),
    reads("log-file", "/var/log/causes.log", (r"/var/log/causes\.log", BY_VIEWS)),
    reads("tmp-file", "/tmp/causes-input", (r"/tmp/causes-input", BY_VIEWS)),
    reads("var-tmp-file", "/var/tmp/causes-input", (r"/var/tmp/causes-input", BY_VIEWS)),
    reads("shm-file", "/dev/shm/causes-input", (r"/dev/shm/causes-input", BY_VIEWS), fix=None),
    reads("hidden-file", "/srv/hidden/model", (r"/srv/hidden", r"\bhide\b"), fix=None),
    reads("pip-conf", "/etc/pip.conf", (r"/etc/pip\.conf", BY_VIEWS)),
    reads("entitlement", "/etc/pki/entitlement/1-key.pem", (r"/etc/pki/entitlement", BY_VIEWS), mode="0600",
          fix=views("/etc/pki/entitlement", LENT)),
    reads("cargo-credentials", "/var/cache/builder/cargo/credentials.toml", (r"credentials\.toml", BY_VIEWS),
          fix=views("$CARGO_HOME/credentials.toml")),
    Cause("netrc", (r"\.netrc", BY_VIEWS), "import os, netrc; assert netrc.netrc().authenticators('gitlab.example')",
          fix={"views": {"$HOME/.netrc": LENT}}),
    closed("closed-0600", "/etc/causes-0600.conf", "0600"),
    closed("closed-0640", "/etc/causes-0640.conf", "0640", "chgrp 42 /etc/causes-0640.conf", BUILDERS_UID),
    closed("closed-0400", "/srv/license", "0400"),
    reads("closed-directory", "/srv/closed/deep/file", (r"/srv/closed", BY_IDENTITY), setup="chmod 0700 /srv/closed", fix=BUILDERS_UID),
    Cause("closed-program", (r"/opt/causes/tool", BY_IDENTITY), run("/opt/causes/tool"),
          "printf '#!/bin/sh\\n' >/opt/causes/tool; chmod 0700 /opt/causes/tool", fix=views("/opt/causes/tool", LENT)),
    Cause("closed-listing", (r"/srv/listing", BY_IDENTITY), "import os; os.listdir('/srv/listing')", "mkdir -m 0711 /srv/listing",
          fix=views("/srv/listing", LENT)),
    Cause("shebang", (r"/root/sh", BY_VIEWS), run("/opt/causes/shebang"),
          "cp /bin/sh /root/sh; printf '#!/root/sh\\n' >/opt/causes/shebang; chmod +x /opt/causes/shebang", fix=views("/root/sh")),
    Cause("other-package", (r"other-1\.0", OF_ANOTHER_PACKAGE), f"open('{OTHER}/setup.cfg').read()", fix=views(OTHER)),
    Cause("other-package-by-path", (r"other-1\.0", OF_ANOTHER_PACKAGE), "open('../../other-1.0/other-1.0/setup.cfg').read()", fix=views(OTHER)),
    Cause("beside-the-sources", (r"prefix", OF_ANOTHER_PACKAGE), "open('../prefix/lib').read()", "mkdir $W/prefix; echo x >$W/prefix/lib"),
    Cause("proc-of-another", (r"/proc/\d+", r"pid|process"),
          "open('/proc/' + open('/opt/causes/daemon').read().strip() + '/cmdline').read()", DAEMON),
]

WRITTEN = [
    writes("write-usr-local", "/usr/local/share/causes", (r"/usr/local/share/causes", BY_VIEWS), fix=views("/usr/local/share", LENT)),
    writes("write-opt", "/opt/causes/made", (r"/opt/causes/made", BY_VIEWS)),
    writes("write-etc", "/etc/causes.made", (r"/etc/causes\.made", BY_VIEWS)),
    writes("write-lib", "/usr/lib/python3/causes.pyc", (r"/usr/lib/python3/causes\.pyc", BY_VIEWS)),
    writes("write-lock", "/run/lock/causes", (r"/run/lock", BY_VIEWS), setup="mkdir -p /run/lock", fix=views("/run/lock", LENT)),
    writes("write-log", "/var/log/causes-made", (r"/var/log", BY_VIEWS)),
    writes("make-in-srv", "/srv/volume/build/x", (r"/srv/volume", BY_VIEWS), code=make, setup="mkdir /srv/volume", fix=views("/srv/volume", LENT)),
    Cause("write-cache-of-variable", (r"/srv/tool-cache", BY_VIEWS), "import os; open(os.environ['CAUSES_CACHE'] + '/entry', 'w')",
          "mkdir /srv/tool-cache", environ=("CAUSES_CACHE=/srv/tool-cache",),
          fix=views("$CAUSES_CACHE", {"view": "cow", "size": 1 << 30, "directories": 4096, "fallback": "private"})),
    Cause("write-read-only-cache", (r"/var/cache/builder", BY_VIEWS), write("/var/cache/builder/new"), fix=views("/var/cache/builder", LENT)),
    Cause("write-environment", (r"site-packages|/lib/causes", r"environment|views"), "import sys; open(sys.prefix + '/lib/causes', 'w')"),
    Cause("write-beside", (r"cmake-build", OF_ANOTHER_PACKAGE), "import os; os.makedirs('../cmake-build')"),
    Cause("write-other-package", (r"other-1\.0", OF_ANOTHER_PACKAGE), write(f"{OTHER}/new"), fix=views(OTHER, LENT)),
    Cause("remove-elsewhere", (r"/opt/causes/old", BY_VIEWS), "import os; os.remove('/opt/causes/old')", "touch /opt/causes/old"),
    Cause("chmod-elsewhere", (r"/opt/causes/kept", BY_VIEWS + "|" + BY_IDENTITY), "import os; os.chmod('/opt/causes/kept', 0o755)",
          "touch /opt/causes/kept", fix=views("/opt/causes/kept", LENT)),
    Cause("append-elsewhere", (r"/srv/state", BY_VIEWS), "open('/srv/state', 'a').write('x')", "touch /srv/state", fix=views("/srv/state", LENT)),
    Cause("write-without-lend", (r"/srv/rw", r"lend"), write("/srv/rw/new"), "mkdir /srv/rw", place="policies", fix=views("/srv/rw", LENT)),
]

ROWS = READ + WRITTEN
