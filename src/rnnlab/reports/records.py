"""Runs as they lie in folders: found by their run.json, read without torch, and never trusted."""

import math
import os
from collections.abc import Iterable
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

from rnnlab.config.flat import flat
from rnnlab.errors import InputError, shown
from rnnlab.files import Unusable, read_json
from rnnlab.reports import inside as measured
from rnnlab.reports.rows import columns, number, table

STATUSES = ("done", "running", "interrupted", "killed", "failed")
DEEPEST, MOST = 12, 100_000
"""Folders below a given one, and runs altogether, that are looked at."""

VALUES = 2000
"""Values of a config; ours have some sixty."""

NAMES = ("task", "model")
CURVES = ("loss/validation", "exact_match/validation", "accuracy/validation", "bits_per_character/validation")
SEEN = {"examples/train", "characters/train"}
"""What training has seen since the check before."""

SOLVED = "exact_match/validation"
"""A run is solved at the first check at which every validation example is right."""


RANDOM = "random"
"""The kind of inputs in lengths.csv that are drawn at random; every other kind was chosen to be hard."""


class Length(NamedTuple):
    """One row of lengths.csv: exact match at a length, with the interval from the number of examples."""

    length: float
    inputs: str
    exact_match: float
    exact_match_low: float
    exact_match_high: float


class Run:
    """What the files of one run say. Wherever a path is wanted, it is that of its folder.

    status: done, running, interrupted, killed or failed. scores: as `exact_match/test`, of the best checkpoint.
    config: dotted key -> value. record: whatever else run.json has.

    Raises:
        Unusable: where run.json is not that of a run.
    """

    def __init__(self, folder: Path):
        record = read_json(folder / "run.json")
        if record.get("status") not in STATUSES:
            raise Unusable(f"no status among {', '.join(STATUSES)}")
        self.folder, self.record = folder, record
        self.status: str = record["status"]
        self.problems: list[str] = []
        self.config = self._config(record.pop("config", None))
        metrics = record.get("metrics")
        self.scores = {
            shown(name): number(value) for name, value in (metrics if isinstance(metrics, dict) else {}).items()
        }
        self.seconds = number(record.get("seconds"))
        self.task, self.model = (shown(record.get(name) or self.config.get(f"{name}.name")) for name in NAMES)
        self.seed = shown(record.get("seed", self.config.get("seed")))
        typed = record.get("overrides")
        self.typed = {str(one).split("=")[0].lstrip("+~") for one in (typed if isinstance(typed, list) else [])}

    def __fspath__(self) -> str:
        return str(self.folder)

    def __repr__(self) -> str:
        return f"Run({str(self.folder)!r}, {self.status})"

    @property
    def reason(self) -> str:
        """Why there is no result, or an empty string."""
        if self.status == "running":
            steps = self.checks.get("step")
            return f"still running, or killed; last check at step {steps[-1]:,.0f}" if steps else "no check yet"
        return "" if self.status == "done" else shown(self.record.get("reason"))

    @cached_property
    def checks(self) -> dict[str, list[float]]:
        """By steps: CURVES and `epoch` of metrics.csv, the `examples` that training had seen (of text, characters), and
        `seconds` of timing.csv; empty where it cannot be read.
        """
        values = self._columns("metrics.csv", "step", "epoch", *SEEN, *CURVES)
        if "step" not in values:
            return {}
        timing = self._columns("timing.csv", "step", "seconds")
        clock = dict(zip(timing.get("step", []), timing.get("seconds", []), strict=False))
        values["seconds"] = [clock.get(step, math.nan) for step in values["step"]]
        for name in SEEN & values.keys():
            values["examples"] = list(accumulate(values.pop(name)))
        return values

    @cached_property
    def solved(self) -> tuple[float, float] | None:
        """(step, seconds) of the first check with every validation example right."""
        for step, seconds, exact in zip(
            self.checks.get("step", []), self.checks.get("seconds", []), self.checks.get(SOLVED, []), strict=False
        ):
            if exact >= 1.0:
                return step, seconds
        return None

    @cached_property
    def lengths(self) -> list[Length]:
        """lengths.csv, where there is a readable one."""
        path = self.folder / "lengths.csv"
        try:
            header, rows = table(path)
            places = [header.index(name) for name in Length._fields] if rows else []
        except (Unusable, ValueError) as error:
            self.problems.append(f"{path.name}: {shown(error)}")
            return []
        found = []
        for row in rows:
            length, inputs, *shares = (row[place] for place in places)
            found.append(Length(number(length), shown(inputs), *map(number, shares)))
        return [one for one in found if math.isfinite(one.length) and math.isfinite(one.exact_match)]

    @cached_property
    def inside(self) -> measured.Measures:
        """What was measured inside it, where that was."""
        try:
            return measured.measures(self.folder)
        except Unusable as error:
            self.problems.append(f"{measured.FILE}: {shown(error)}")
            return {}

    def _columns(self, name: str, *wanted: str) -> dict[str, list[float]]:
        try:
            return columns(self.folder / name, wanted)
        except Unusable as error:
            self.problems.append(f"{name}: {error}")
            return {}

    def _config(self, config: object) -> dict[str, Any]:
        """The config as dotted keys."""
        values = flat(config) if isinstance(config, dict) else {}
        if values and len(values) <= VALUES:
            return values
        self.problems.append(f"config: more than {VALUES:,} values" if values else "no config")
        return {f"{name}.name": self.record.get(name) for name in NAMES}


def find(folders: Iterable[Path]) -> list[Path]:
    """Every folder with a run.json in or below `folders`, each once, in a fixed order; links are not followed.

    A folder with a config but no run.json was killed before it had one, and is found too.

    Raises:
        InputError: for what is not a folder, and where there is no run at all.
    """
    found: dict[Path, None] = {}
    folders = list(folders)
    for top in folders:
        if not os.path.isdir(top):
            raise InputError("not a folder", "a folder with runs in it, like outputs", "argument", shown(top))
        deepest = len(top.parts) + DEEPEST
        for path, below, names in os.walk(top):
            below.sort()
            if "run.json" in names or ".hydra" in below:
                found[Path(os.path.realpath(path))] = None
            if "run.json" in names or len(Path(path).parts) >= deepest or len(found) >= MOST:
                below.clear()
    if not found:
        where = " ".join(shown(folder) for folder in folders)
        raise InputError("no runs found", "a folder with a run.json in it, or below", "argument", where)
    return list(found)


def read(paths: Iterable[Path]) -> tuple[list[Run], list[tuple[Path, str]]]:
    """The runs in `paths`, and why each other one cannot be read."""
    runs, skipped = [], []
    for path in paths:
        try:
            runs.append(Run(path))
        except FileNotFoundError:
            skipped.append((path, "no run.json"))
        except Unusable as error:
            skipped.append((path, f"run.json: {shown(error)}"))
    return runs, skipped
