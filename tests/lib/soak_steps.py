"""The front end of tests/soak, in a builder: for each line `N` of standard input it runs N steps, JOBS at a time, and prints how
many did not end as they should. soak_steps.py JOBS

One step in ten fails. Of one in a hundred the supervisor is killed; the next step in the same tree cleans up. `clean` as a line
runs one step in each tree.
"""

import os
import signal
import subprocess
import sys
import threading

RIND = "/dev/rind/rind"
WORK = "/opt/soak"


def step(tree, number):
    fails, killed = number % 10 == 5, number % 100 == 50
    script = f"echo {number} >{tree}/made; echo x >{tree}/d{number % 7}/made; rm {tree}/d{number % 7}/made; echo x >/tmp/x; cat {tree}/f >/dev/null; exit {3 if fails else 0}"
    if killed:
        script = f"echo x >{tree}/made; sleep 600"
    process = subprocess.Popen([RIND, "run", "--rw", tree, "--", "sh", "-c", script], stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
    if killed:
        try:
            process.wait(timeout=0.2)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
    said = process.communicate()[1]
    expected = -signal.SIGKILL if killed else 3 if fails else 0
    return "" if process.returncode == expected else f"step {number}: status {process.returncode}: {said.decode()[:300]}"


def run(count, jobs, first):
    left, lock, wrong = list(range(first, first + count)), threading.Lock(), []

    def work(tree):
        while True:
            with lock:
                if not left:
                    return
                number = left.pop()
            said = step(tree, number)
            if said:
                wrong.append(said)

    threads = [threading.Thread(target=work, args=(f"{WORK}/{i}",)) for i in range(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


def main():
    jobs, first = int(sys.argv[1]), 0
    for i in range(jobs):
        os.makedirs(f"{WORK}/{i}", exist_ok=True)
        for j in range(7):
            os.makedirs(f"{WORK}/{i}/d{j}", exist_ok=True)
        for name in ("f", "made"):
            with open(f"{WORK}/{i}/{name}", "w") as f:
                f.write("x")
    print("ready", flush=True)
    for line in sys.stdin:
        if line.strip() == "clean":
            wrong = [said for said in (step(f"{WORK}/{i}", 0) for i in range(jobs)) if said]
        else:
            wrong = run(int(line), jobs, first)
            first += int(line)
        print(len(wrong), *wrong[:1], flush=True)


main()
