# What a hostile step tries on its standard streams. Words: the attempts, in this order.
import fcntl
import os
import signal
import sys
import termios
import time


def tried(name, attempt):
    try:
        result = attempt()
    except (OSError, termios.error) as error:
        result = f"denied: {error.args[-1]}"
    # In one write: a terminal echoes what is typed between two.
    sys.stdout.flush()
    os.write(1, f"{name} {result}\n".encode())


def wait_for(path):
    while not os.path.exists(path):
        time.sleep(0.01)


def steal():
    """Reads from its output what others write to it between `ready` and `go`."""
    output = os.open("/proc/self/fd/1", os.O_RDONLY | os.O_NONBLOCK)
    open("/tmp/w/ready", "w").close()
    wait_for("/tmp/w/go")
    return os.read(output, 1000)


def flags():
    """Changes the descriptions that it shares, and the pipes behind them."""
    signal.signal(signal.SIGIO, signal.SIG_IGN)
    for stream in (0, 1, 2):
        fcntl.fcntl(stream, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(stream, fcntl.F_SETFL, os.O_NONBLOCK | os.O_ASYNC)
    for stream in (1, 2):
        fcntl.fcntl(stream, 1031, 4096)  # F_SETPIPE_SZ
    return "changed"


def keystrokes():
    """Reads what is typed after it said so."""
    sys.stderr.write("ready\n")
    sys.stderr.flush()
    return os.read(1, 1000)


def settings():
    """Takes the echo away, and the terminal from who opens it later."""
    attributes = termios.tcgetattr(1)
    attributes[3] &= ~termios.ECHO
    termios.tcsetattr(1, termios.TCSANOW, attributes)
    fcntl.ioctl(1, termios.TIOCEXCL)
    return "changed"


for word in sys.argv[1:]:
    tried(word, globals()[word])
