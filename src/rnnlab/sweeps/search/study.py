"""study.json in the folder of a search: what it searches, and every trial with its values and its result."""

import json
import math
import statistics
from pathlib import Path
from typing import Any, NamedTuple

from rnnlab import files
from rnnlab.errors import InputError, shown
from rnnlab.runs.run import read_record
from rnnlab.sweeps.search.space import Interval, Space, Value

FILE, LARGEST = "study.json", 1 << 26
STATUSES = ("proposed", "running", "done", "failed", "killed", "interrupted")
ENDED = ("done", "failed")
"""Statuses that stay; a trial of any other is gone on with when its search is."""

SEED = "seed"
"""What is no parameter but a repetition: all settings are tried with each that is listed, and judged by the mean."""

Trial = dict[str, Any]
"""number, values (key -> value), status, result (the objective, or None) and directory of one trial."""


class Settled(NamedTuple):
    """What a proposal depends on: the head of a search and its trials, those of the same settings taken together."""

    head: dict[str, Any]
    trials: list[Trial]


class Study:
    """A search so far. `head` is what makes it this search: method, objective, direction, seed, arguments, space."""

    def __init__(self, folder: Path, head: dict[str, Any], space: Space):
        self.folder, self.head, self.seeds = folder, head, repetitions(space)
        self.trials = self._kept(head, space)
        self.settle(self.trials)

    @property
    def lower(self) -> bool:
        """Whether a lower result is the better one."""
        return self.head["direction"] == "minimize"

    def propose(self, values: list[dict[str, Any]]) -> list[Trial]:
        """New trials with these values, on file before any of them starts, so that a kill leaves none unknown."""
        first = len(self.trials)
        new = [
            {"number": number, "values": one, "status": "proposed", "result": None, "directory": None}
            for number, one in enumerate(values, first)
        ]
        self.trials += new
        self.write()
        return new

    def settle(self, trials: list[Trial]) -> None:
        """Takes over what the runs of `trials` say. A trial without a run stays as it was."""
        runs = {path.name.partition("_")[0]: path for path in self.folder.iterdir()}
        for trial in trials:
            run = runs.get(f"{trial['number']:04d}")
            record = read_record(run) if run else {}
            status, metrics = record.get("status"), record.get("metrics")
            if run and status in STATUSES:
                result = metrics.get(self.head["objective"]) if status == "done" and isinstance(metrics, dict) else None
                finite = isinstance(result, int | float) and math.isfinite(result)
                trial |= {"status": status, "result": result if finite else None, "directory": run.name}

    def settled(self) -> Settled:
        """The trials; where settings have several seeds, the first of each with the mean, once all were tried."""
        each = len(self.seeds)
        if not each:
            return Settled(self.head, self.trials)
        groups = [self.trials[start : start + each] for start in range(0, len(self.trials), each)]
        return Settled(self.head, [_together(group, len(group) == each) for group in groups])

    def best(self) -> Trial | None:
        """The trial, or the settings, with the best result, the first of equals."""
        scored = [trial for trial in self.settled().trials if trial["result"] is not None]
        return (min if self.lower else max)(scored, key=lambda trial: trial["result"], default=None)

    def write(self) -> None:
        """Puts it on disk, whole or not at all, one line a trial."""
        head = json.dumps(self.head, indent=2).removesuffix("\n}")
        trials = ",\n".join(f"    {json.dumps(trial)}" for trial in self.trials)
        text = f'{head},\n  "trials": [\n{trials}\n  ]\n}}\n'
        files.write(self.folder / FILE, text, within=self.folder, sync=True)

    def _kept(self, head: dict[str, Any], space: Space) -> list[Trial]:
        """The trials of the study in the folder, if that is the same search."""
        name = self.folder.name
        try:
            kept = files.read_json(self.folder / FILE, LARGEST, within=self.folder)
        except FileNotFoundError:
            if any(self.folder.glob("*/run.json")):
                raise InputError(
                    "a sweep that is no search has this name", "take another one", "sweep.name", name
                ) from None
            return []
        except files.Unusable as error:
            raise InputError(f"no study, {error}", "one that a search wrote", FILE, self.folder / FILE) from None
        trials = kept.pop("trials", None)
        for key in {**head, **kept}:
            if kept.get(key) != head.get(key):
                was = shown(json.dumps(kept.get(key)), 100)
                raise InputError(
                    f"another search has this name, its {key[:40]} is {was}", "take another one", "sweep.name", name
                )
        if not isinstance(trials, list):
            raise InputError("no study, it has no trials", "one that a search wrote", FILE, self.folder / FILE)
        for number, trial in enumerate(trials):
            if not _is_trial(trial, number, space):
                allowed = "one that this search wrote"
                raise InputError(f"trial {number} is none of this search", allowed, FILE, self.folder / FILE)
        return [{**trial, "directory": None} for trial in trials]  # its folder is looked for


def repetitions(space: Space) -> tuple[Value, ...]:
    """The seeds that all settings are tried with; none where a search leaves the seed alone.

    Raises:
        InputError: for seeds that are not listed.
    """
    seeds = space.get(SEED)
    if isinstance(seeds, Interval):
        raise InputError("is no parameter", "listed seeds, like 1,2,3: all settings are tried with each", SEED, seeds)
    return seeds.values if seeds else ()


def _together(group: list[Trial], whole: bool) -> Trial:
    values = {key: value for key, value in group[0]["values"].items() if key != SEED}
    results = [trial["result"] for trial in group if trial["result"] is not None]
    return group[0] | {"values": values, "result": statistics.fmean(results) if results and whole else None}


def _is_trial(trial: Any, number: int, space: Space) -> bool:
    """Whether a study that anybody may have written says of a trial what this search could have said."""
    if not isinstance(trial, dict) or trial.keys() != {"number", "values", "status", "result", "directory"}:
        return False
    values, result = trial["values"], trial["result"]
    good = type(trial["number"]) is int and trial["number"] == number and trial["status"] in STATUSES
    good = good and (result is None or (type(result) in (int, float) and math.isfinite(result)))
    good = good and isinstance(values, dict) and values.keys() == space.keys()
    return good and all(parameter.has(values[key]) for key, parameter in space.items())
