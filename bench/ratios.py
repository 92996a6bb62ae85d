"""Ratios and differences of what was measured, and what they are to be.

The keys are stable: they are in the JSON of bench/run, and docs/performance.md has a row for each.
"""

from typing import NamedTuple


class Target(NamedTuple):
    bound: float
    at_least: bool = False  # else at most

    def is_met(self, value):
        return value >= self.bound if self.at_least else value <= self.bound

    def __str__(self):
        return f"{'>=' if self.at_least else '<='} {self.bound:g}"


# Each has the part it comes from, its target or None, and what it compares.
RATIOS = {
    "step/direct": ("steps", None, "a step, to the program without isolation"),
    "step/floor": ("steps", Target(1.45), "a step, to the floor"),
    "step/bwrap": ("steps", Target(0.55), "a step, to bubblewrap"),
    "step/nsjail": ("steps", None, "a step, to nsjail"),
    "step/minijail0": ("steps", None, "a step, to minijail0"),
    "step/script": ("steps", Target(0.6), "a step, to Fromager's own script"),
    "tool/direct": ("steps", None, "a trusted tool of the front end, to the program without isolation"),
    "steps-at-32/floor": ("at-once", None, "steps per second, 32 at once, to the floor's"),
    "steps-at-32/bwrap": ("at-once", Target(1.8, at_least=True), "steps per second, 32 at once, to bubblewrap's"),
    "interpreter/original": ("interpreter", None, "`python3 -c pass` outside of steps, to a container without Rind"),
    "hook/no-op": ("hook", None, "both stages for a container that is no builder, to a program that does nothing"),
    "hook-builder/no-op": ("hook", None, "both stages for a builder, called by crun, to a program that does nothing"),
    "lend-layer/chown": ("lending", None, "lending a tree of the container's own layer, to `chown -R` there and back"),
    "bootstrap/without": ("fromager", Target(1.0), "a bootstrap of twenty packages by the real Fromager, to one without Rind"),
}
DIFFERENCES = {
    "interpreter_ms": ("interpreter", Target(0.3), "`python3 -c pass` outside of steps, above a container without Rind"),
    "hook_ms": ("hook", Target(0.7), "both stages for a container that is no builder, above a program that does nothing"),
    "hook_bundle_ms": ("hook", None, "the same, called by crun"),
    "hook_builder_ms": ("hook", Target(3), "both stages for a builder, called by crun, above a program that does nothing"),
    "mount_us": ("mounts", Target(2.7), "a step, for each of 1000 mounts more in the container (CPU time)"),
    "lend_volume_ms": ("lending", Target(1), "a tree of 10,000 files on a volume, above one of 100"),
    "lend_volume_entry_us": ("lending", None, "the same, for each file"),
    "lend_entry_us": ("lending", Target(5), "a tree in the container's own layer, for each file and way"),
}


def _of(part, one, other):
    return lambda figures, measure: figures[part][one][measure] / figures[part][other][measure]


def _hook_alone(figures, measure):
    alone = figures["hook"]["alone"]
    return alone["prestart"][measure] + alone["poststart"][measure], 2 * alone["no-op"][measure]


def _interpreter(figures, measure):
    both = figures["interpreter"]["python3 -c pass"]
    return both["seam"][measure], both["original"][measure]


def _bundles(figures, bundle, measure):
    return figures["hook"]["under crun"][bundle][measure], figures["hook"]["under crun"]["no-op"][measure]


def _lending(figures, where, measure):
    entries, few = figures["lending"]["entries"], 100
    more = figures["lending"][f"{where} {entries}"][measure] - figures["lending"][f"{where} {few}"][measure]
    return more, entries - few


_RATIO = {
    "bootstrap/without": lambda f, m: f["fromager"]["with"][m] / f["fromager"]["without"][m],
    "interpreter/original": lambda f, m: _interpreter(f, m)[0] / _interpreter(f, m)[1],
    "hook/no-op": lambda f, m: _hook_alone(f, m)[0] / _hook_alone(f, m)[1],
    "hook-builder/no-op": lambda f, m: _bundles(f, "builder", m)[0] / _bundles(f, "builder", m)[1],
    # Steps per second: the inverse of the times.
    "steps-at-32/floor": lambda f, m: f["at-once"]["32"]["floor"][m] / f["at-once"]["32"]["step"][m],
    "steps-at-32/bwrap": lambda f, m: f["at-once"]["32"]["bwrap"][m] / f["at-once"]["32"]["step"][m],
    "lend-layer/chown": lambda f, m: _lending(f, "layer", m)[0] / f["lending"]["chown -R, twice"][m],
}
_DIFFERENCE = {
    "interpreter_ms": lambda f, m: (_interpreter(f, m)[0] - _interpreter(f, m)[1]) / 1000,
    "hook_ms": lambda f, m: (_hook_alone(f, m)[0] - _hook_alone(f, m)[1]) / 1000,
    "hook_bundle_ms": lambda f, m: (_bundles(f, "plain", m)[0] - _bundles(f, "plain", m)[1]) / 1000,
    "hook_builder_ms": lambda f, m: (_bundles(f, "builder", m)[0] - _bundles(f, "builder", m)[1]) / 1000,
    # Of wall time little would be left but what the machine does beside.
    "mount_us": lambda f, _: (f["mounts"]["1000"]["step"]["cpu"] - f["mounts"]["0"]["step"]["cpu"]) / 1000,
    "lend_volume_ms": lambda f, m: _lending(f, "volume", m)[0] / 1000,
    "lend_volume_entry_us": lambda f, m: _lending(f, "volume", m)[0] / _lending(f, "volume", m)[1],
    "lend_entry_us": lambda f, m: _lending(f, "layer", m)[0] / _lending(f, "layer", m)[1] / 2,
}


def _all(functions, figures, measure):
    out = {}
    for key, function in functions.items():
        try:
            out[key] = round(function(figures, measure), 3)
        except KeyError:
            pass  # a part that was not measured, or a peer that cannot be had
    return out


def ratios(figures, measure):
    """{key: ratio}; measure: p10, median or cpu."""
    return _all({key: _RATIO.get(key) or _of(part, *key.split("/")) for key, (part, *_) in RATIOS.items()}, figures, measure)


def differences(figures, measure):
    return _all({key: _DIFFERENCE[key] for key in DIFFERENCES}, figures, measure)
