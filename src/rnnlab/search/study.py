"""study.json in the folder of a search: what it searches, and every trial with its values and its result."""

import json
import math
import os
from pathlib import Path
from typing import Any

from rnnlab.errors import InputError, shown
from rnnlab.run import read_record

FILE = "study.json"
ENDED = ("done", "failed")
"""Statuses that stay; a trial of any other is gone on with when its search is."""

Trial = dict[str, Any]
"""number, values (key -> value), status, result (the objective, or None) and directory of one trial."""


class Study:
    """A search so far. `head` is what makes it this search: method, objective, direction, seed, arguments, space."""

    def __init__(self, folder: Path, head: dict[str, Any]):
        self.folder, self.head = folder, head
        self.trials = self._kept(head)
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
            if run and record:
                result = (
                    record.get("metrics", {}).get(self.head["objective"]) if record.get("status") == "done" else None
                )
                finite = isinstance(result, int | float) and math.isfinite(result)
                trial |= {"status": record.get("status"), "result": result if finite else None, "directory": run.name}

    def best(self) -> Trial | None:
        """The trial with the best result, the first of equals."""
        scored = [trial for trial in self.trials if trial["result"] is not None]
        return (min if self.lower else max)(scored, key=lambda trial: trial["result"], default=None)

    def write(self) -> None:
        """Puts it on disk, whole or not at all, one line a trial."""
        head = json.dumps(self.head, indent=2).removesuffix("\n}")
        trials = ",\n".join(f"    {json.dumps(trial)}" for trial in self.trials)
        part = self.folder / f".{FILE}.part"
        with open(part, "w", encoding="utf-8") as file:
            file.write(f'{head},\n  "trials": [\n{trials}\n  ]\n}}\n')
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, self.folder / FILE)

    def _kept(self, head: dict[str, Any]) -> list[Trial]:
        """The trials of the study in the folder, if that is the same search."""
        path = self.folder / FILE
        name = self.folder.name
        if not path.exists():
            if any(self.folder.glob("*/run.json")):
                raise InputError("a sweep that is no search has this name", "take another one", "sweep.name", name)
            return []
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            trials = kept.pop("trials")
            known = [trial["number"] for trial in trials] == list(range(len(trials)))
            known = known and all({"values", "status", "result"} <= trial.keys() for trial in trials)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            known, kept, trials = False, {}, []
        if not known:
            raise InputError("no study", "one that a search wrote", FILE, path)
        for key in {**head, **kept}:
            if kept.get(key) != head.get(key):
                was = shown(json.dumps(kept.get(key)), 100)
                raise InputError(
                    f"another search has this name, its {key} is {was}", "take another one", "sweep.name", name
                )
        return list(trials)
