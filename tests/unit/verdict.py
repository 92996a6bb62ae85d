"""bench/verdict.py on made-up figures: verdict.py BENCH-DIRECTORY

Each place has a bias of its own, each round a load that meets all four places, and each run noise that only adds time.
"""

import random
import sys

sys.path.insert(0, sys.argv[1])
import verdict

ROUNDS = 150


def places(chance, slower):
    loads = [chance.choice((1, 1, 1, 2, 5)) for _ in range(ROUNDS)]
    for factor in (1, 1, slower, slower):
        bias = chance.uniform(0.995, 1.005)
        yield [3000 * factor * bias * load * (1 + chance.expovariate(8)) for load in loads]


def words(slower, trials=150):
    chance = random.Random(16)
    return [verdict.judge(*places(chance, slower)).word for _ in range(trials)]


same, more, much, less = words(1), words(1.005), words(1.08), words(0.92)
assert same.count("SLOWER") == 0, f"noise is called slower {same.count('SLOWER')} times"
assert more.count("SLOWER") == 0, "half a percent is called slower"
assert much.count("SLOWER") >= 140, f"8 % more are seen {much.count('SLOWER')} times only"
assert less.count("faster") >= 140 and "SLOWER" not in less, "8 % less"
assert verdict.rank_of_bound(5) < 0, "five rounds are sure of something"
try:
    verdict.judge(*[[1.0] * 5] * 4)
    raise AssertionError("five rounds have a verdict")
except ValueError:
    pass
