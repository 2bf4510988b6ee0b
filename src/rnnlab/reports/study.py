"""Searches as they lie in folders: found by their study.json, and trusted as little as runs are."""

import math
import os
import statistics
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from rnnlab.errors import shown
from rnnlab.files import Unusable, read_json
from rnnlab.reports.importance import importance
from rnnlab.reports.records import DEEPEST
from rnnlab.reports.rows import number

FILE, LARGEST = "study.json", 1 << 24
"""Bytes that are read: about 40,000 trials."""


REPETITION = "seed"
"""What is no parameter: trials that differ in it alone are the same settings, tried again."""


class Trial(NamedTuple):
    """One trial; `result` is nan where there is none."""

    number: int
    values: dict[str, Any]
    status: str
    result: float
    directory: str


class Settings(NamedTuple):
    """Trials of the same values, but for their seeds; `number`, `values` and `directory` are those of the first."""

    number: int
    values: dict[str, Any]
    directory: str
    results: list[float]

    @property
    def result(self) -> float:
        """The mean over the seeds."""
        return statistics.fmean(self.results)


class Study:
    """What study.json of a search says.

    Raises:
        Unusable: where it is not that of a search.
    """

    def __init__(self, folder: Path):
        record = read_json(folder / FILE, LARGEST)
        kept = record.get("trials")
        if not isinstance(kept, list) or record.get("direction") not in ("minimize", "maximize"):
            raise Unusable("no study of a search")
        self.folder, self.lower = folder, record["direction"] == "minimize"
        self.method, self.objective = shown(record.get("method")), shown(record.get("objective"))
        self.trials = [_trial(place, one) for place, one in enumerate(kept)]
        self.keys = list(dict.fromkeys(key for trial in self.trials for key in trial.values))
        self.parameters = [key for key in self.keys if key != REPETITION]

    @cached_property
    def scored(self) -> list[Settings]:
        """The settings that have a result, in the order in which they were first tried."""
        together: dict[str, Settings] = {}
        for trial in self.trials:
            if math.isfinite(trial.result):
                values = {key: trial.values[key] for key in self.parameters if key in trial.values}
                same = repr(values) if REPETITION in self.keys else str(trial.number)
                new = Settings(trial.number, values, trial.directory, [])
                together.setdefault(same, new).results.append(trial.result)
        return list(together.values())

    def so_far(self) -> list[tuple[Settings, float]]:
        """All scored settings, each with the best result up to it."""
        best, pairs = math.nan, []
        for one in self.scored:
            best = one.result if math.isnan(best) else (min if self.lower else max)(best, one.result)
            pairs.append((one, best))
        return pairs

    def best(self) -> Settings | None:
        """The settings of the best result, the first of equals."""
        return (min if self.lower else max)(self.scored, key=lambda one: one.result, default=None)

    def importances(self) -> list[tuple[str, float | None]]:
        """Each parameter with its share, the largest first."""
        results = [one.result for one in self.scored]
        shares = [(key, importance([one.values.get(key) for one in self.scored], results)) for key in self.parameters]
        return sorted(shares, key=lambda pair: -1.0 if pair[1] is None else pair[1], reverse=True)


def find(folders: Iterable[Path]) -> tuple[list[Study], list[tuple[Path, str]]]:
    """The studies in and below `folders`, and why others cannot be read. Links are not followed."""
    found: dict[Path, None] = {}
    for top in folders:
        deepest = len(top.parts) + DEEPEST
        for folder, below, names in os.walk(top):
            below.sort()
            if FILE in names:
                found[Path(os.path.realpath(folder))] = None
            if "run.json" in names or len(Path(folder).parts) >= deepest:
                below.clear()
    studies: list[Study] = []
    skipped: list[tuple[Path, str]] = []
    for path in found:
        try:
            studies.append(Study(path))
        except (Unusable, FileNotFoundError) as error:
            skipped.append((path, f"{FILE}: {shown(error)}"))
    return studies, skipped


def _trial(place: int, kept: Any) -> Trial:
    if not isinstance(kept, dict) or not isinstance(kept.get("values"), dict):
        raise Unusable(f"trial {place} is none")
    values = {shown(key): value for key, value in kept["values"].items()}
    directory = kept.get("directory")
    if not isinstance(directory, str) or directory in (".", "..") or "/" in directory:
        directory = ""
    return Trial(place, values, shown(kept.get("status")), number(kept.get("result")), directory)
