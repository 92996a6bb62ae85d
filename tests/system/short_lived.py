"""Calls the hook for processes that end while it looks at them.

short_lived.py HOOK DIRECTORY race STATUS KIND COUNT   processes that end at once, COUNT times
short_lived.py HOOK DIRECTORY half STATUS KIND         a process that has lost its root, but not ended
short_lived.py HOOK DIRECTORY gone STATUS KIND         a process that has ended
short_lived.py HOOK DIRECTORY alive STATUS KIND        one that lives on

KIND is plain or builder. Prints `STATUS LINE` for each answer that the hook gave, counted.
"""
import collections
import ctypes
import json
import os
import subprocess
import sys
import threading
import time

hook, directory, how, status, kind = sys.argv[1:6]
count = int(sys.argv[6]) if len(sys.argv) > 6 else 1
libc = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNS, SYS_EXIT = 0x20000, 60
defaults = hook.split("/usr/libexec/")[0] + "/usr/share/rind/policy.json"

bundle = os.path.join(directory, kind)
os.makedirs(bundle, exist_ok=True)
config = {"root": {"path": directory}, "process": {"args": ["true"], "env": []}}
if kind == "builder":
    config["annotations"] = {"io.rind.builder": "true"}
with open(os.path.join(bundle, "config.json"), "w") as f:
    json.dump(config, f)


def child(body, running):
    """A process with a mount namespace of its own that says when it is ready and then calls body."""
    ready, go = os.pipe(), os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(go[1])
            running.stdin.close()  # or the hook would never see the end of the state
            if libc.unshare(CLONE_NEWNS) != 0:
                raise OSError(ctypes.get_errno(), "unshare")
            os.write(ready[1], b"x")
            os.read(go[0], 1)
            body()
        finally:
            os._exit(0)
    for fd in (ready[1], go[0]):
        os.close(fd)
    assert os.read(ready[0], 1) == b"x", "the process did not start"
    os.close(ready[0])
    return pid, go[1]


def lose_root():
    """The first thread ends, another one stays: no root, and the process has not ended."""
    threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
    libc.syscall(SYS_EXIT, 0)


def start_hook():
    return subprocess.Popen([hook, "hook", "--defaults", defaults, "--config", directory], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, env={"PATH": "/usr/bin:/bin"})


def answer_for(pid, running):
    state = {"ociVersion": "1.0", "id": "b" * 64, "status": status, "pid": pid, "bundle": bundle}
    output, _ = running.communicate(json.dumps(state).encode())
    return f"{running.returncode} {output.decode().strip()}"


def wait_until(condition):
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, "the process is not in the state that the test wants"
        os.sched_yield()


def once(i):
    running = start_hook()
    if how == "race":
        pid, go = child(lambda: None, running)
        # The hook reads the state and opens the process while it ends: now a little before, now a little after.
        if i % 2:
            os.close(go)
            answer = answer_for(pid, running)
        else:
            threading.Timer(i % 8 / 4000, os.close, (go,)).start()
            answer = answer_for(pid, running)
    elif how == "half":
        pid, go = child(lose_root, running)
        os.close(go)
        wait_until(lambda: not os.path.exists(f"/proc/{pid}/root/"))
        answer = answer_for(pid, running)
        os.kill(pid, 9)
    elif how == "gone":
        pid, go = child(lambda: None, running)
        os.close(go)
        os.waitpid(pid, 0)
        return answer_for(pid, running)
    else:
        pid, go = child(lambda: time.sleep(600), running)
        answer = answer_for(pid, running)
        os.kill(pid, 9)
        os.close(go)
    os.waitpid(pid, 0)
    return answer


answers = collections.Counter(once(i) for i in range(count))
for answer, times in answers.items():
    print(times, answer)
