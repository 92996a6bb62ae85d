# A front end that starts COMMAND with streams of its own and looks at them: HOW COMMAND...
#
#   terminal      output is a terminal, input /dev/null; types when `ready` comes out of it
#   typing        the same, and input is the terminal
#   pipe          input, output and error are pipes; writes a secret to the output when COMMAND is ready
#   socket        output is one
#   unread        output is a pipe that is never read; prints the status and how long it took
#   ended         the same; ends COMMAND when it has filled the pipe
import fcntl
import os
import pty
import select
import signal
import socket
import subprocess
import sys
import termios
import time

how, command = sys.argv[1], sys.argv[2:]


def wait_for(path):
    while not os.path.exists(path):
        time.sleep(0.01)


def read_while(process, fd, reply):
    """What comes out of fd until `process` has ended; types `reply` when that is asked for."""
    said, asked, ended = b"", False, False
    while True:
        ready, _, _ = select.select([fd], [], [], 0.05)
        if ready:
            try:
                some = os.read(fd, 65536)
            except OSError:  # of a terminal without anybody at the other end
                some = b""
            if not some:
                return said
            said += some
        elif ended:
            return said
        ended = process.poll() is not None
        if b"ready" in said and not asked:
            asked = True
            os.write(fd, reply)


def terminal():
    master, slave = pty.openpty()
    before = termios.tcgetattr(slave)
    typing = how == "typing"
    process = subprocess.Popen(command, stdin=slave if typing else subprocess.DEVNULL, stdout=slave, stderr=slave)
    said = read_while(process, master, b"my-password\n")
    print(said.decode().replace("\r", ""), end="")
    print("status", process.wait())
    print("settings", "as before" if termios.tcgetattr(slave) == before else "changed")
    print("flags", "as before" if not fcntl.fcntl(slave, fcntl.F_GETFL) & os.O_NONBLOCK else "changed")


def pipes():
    ends = [os.pipe() for _ in range(3)]
    mine = [ends[0][0], ends[1][1], ends[2][1]]

    def look():
        return [fcntl.fcntl(fd, fcntl.F_GETFL) for fd in mine] + [fcntl.fcntl(fd, 1032) for fd in mine[1:]]

    before = look()
    process = subprocess.Popen(command, stdin=mine[0], stdout=mine[1], stderr=mine[2])
    if "steal" in command:
        wait_for("/tmp/w/ready")
        os.write(mine[1], b"SECRET of the front end\n")
        open("/tmp/w/go", "w").close()
    status = process.wait()
    after = look()
    for fd in mine[1:]:
        os.close(fd)
    sys.stdout.write(os.read(ends[1][0], 65536).decode())
    print("status", status)
    print("streams", "as before" if after == before else f"changed: {before} {after}")


def of_socket():
    ours, theirs = socket.socketpair()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs)
    theirs.close()
    said = b""
    while some := ours.recv(65536):
        said += some
    print(len(said), said[-20:])
    print("status", process.wait())


def unread():
    reader, writer = os.pipe()
    start = time.monotonic()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=writer)
    if how == "ended":
        # Until it is full.
        while select.select([], [writer], [], 0)[1]:
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
    print("status", process.wait())
    print("in time" if time.monotonic() - start < 30 else "late")


{"terminal": terminal, "typing": terminal, "pipe": pipes, "socket": of_socket, "unread": unread, "ended": unread}[how]()
