"""A search: proposes trials, has the launcher run them as jobs of a sweep, keeps the study, until there are enough."""

import os
import time
from collections.abc import Callable
from typing import Any

from omegaconf import DictConfig, OmegaConf

from rnnlab.config.compose import plain
from rnnlab.config.flat import flat
from rnnlab.config.objectives import lower_is_better
from rnnlab.config.overrides import parsed
from rnnlab.errors import InputError, shown, whole
from rnnlab.runs.interrupt import stoppable
from rnnlab.sweeps.checking import first_wrong
from rnnlab.sweeps.children import import_before
from rnnlab.sweeps.jobs import Job, Sweep
from rnnlab.sweeps.search.propose import Propose, method
from rnnlab.sweeps.search.space import KEY, Space, read_space
from rnnlab.sweeps.search.study import ENDED, FILE, Study, Trial

BESIDES = ("search.trials", "search.batch", "sweep.", "output_dir", "launcher")
"""Arguments that may change when a search is continued: how far, how and where, not what is searched."""

Launch = Callable[[list[Trial]], None]


class Search:
    """All trials that are asked for and not there yet.

    Raises:
        InputError: for a bad value in the settings or in the space; nothing has been made.
    """

    def __init__(self, sweep: Sweep, launcher: Any):
        config = sweep.config
        settings = plain(config.search)
        fixed, space = _space(config, settings, sweep.overrides)
        self.propose, self.total = method(settings, space)
        self.at_once = _at_once(config, settings)
        self.fail_fast = bool(config.sweep.fail_fast)
        objective = str(config.objective)
        head = {
            "method": settings["method"],
            "objective": objective,
            "direction": "minimize" if lower_is_better(objective) else "maximize",
            "seed": settings.get("seed"),
            "points": settings.get("points"),
            "arguments": sorted(text for text in fixed if not text.startswith(BESIDES)),
            "space": {key: str(parameter) for key, parameter in space.items()},
        }
        fixed.append(f"sweep.varies=[{','.join(space)}]")

        def job(number: int, values: dict[str, Any]) -> Job:
            return sweep.job(number, [*fixed, *(f"{key}={space[key].typed(value)}" for key, value in values.items())])

        corners = [] if os.path.exists(sweep.where / FILE) else [job(0, corner) for corner in _corners(space)]
        import_before()
        wrong = first_wrong(corners, launcher.anywhere)
        if wrong:
            raise InputError("the space of the search", wrong[1])
        self.study = Study(sweep.where, head, space)
        self.launch: Launch = lambda batch: launcher.run(
            sweep, [job(trial["number"], trial["values"]) for trial in batch]
        )

    def missing(self) -> int:
        """How many trials have no folder yet."""
        return max(self.total, len(self.study.trials)) - sum(bool(one["directory"]) for one in self.study.trials)

    def run(self) -> None:
        """Makes them. Raises Interrupted after a signal, when the running trials have saved."""
        with stoppable():
            _run(self.study, self.propose, self.total, self.at_once, self.launch, self.fail_fast)


def _space(config: DictConfig, settings: dict[str, Any], arguments: list[str]) -> tuple[list[str], Space]:
    """The arguments that are the same for all trials, and the space."""
    arguments = [text for text in arguments if not text.startswith("sweep.varies=")]
    overrides = [parsed(text) for text in arguments]
    given = [one for one in overrides if one.is_sweep_override()]
    fixed = [text for text, one in zip(arguments, overrides, strict=True) if not one.is_sweep_override()]
    if not isinstance(settings["space"], dict | None):
        raise InputError("no space", "keys and what they may be, or null", "search.space", settings["space"])
    ready = flat(settings["space"] or {})
    keys = {*ready, *(one.key_or_group for one in given)}
    usual = {key: OmegaConf.select(config, key) for key in keys if KEY.fullmatch(key)}
    return fixed, read_space(ready, given, {parsed(text).key_or_group for text in fixed}, usual)


def _at_once(config: DictConfig, settings: dict[str, Any]) -> int:
    """How many trials are proposed together: as many as the launcher runs at once, unless said otherwise."""
    if settings["batch"] is not None:
        return whole("search.batch", settings["batch"], 1, 100_000)
    for key in ("jobs", "n_jobs", "array_parallelism", "ray.init.num_cpus"):  # rnnlab's, joblib's, Slurm's, Ray's
        number = OmegaConf.select(config.hydra.launcher, key)
        if number is not None:
            every = key == "n_jobs" and number == -1
            return whole(f"hydra.launcher.{key}", os.cpu_count() if every else number, 1, 100_000)
    return 1


def _corners(space: Space) -> list[dict[str, Any]]:
    """Trials that have, between them, both ends of every interval and every value of every list."""
    ends = {key: parameter.ends() for key, parameter in space.items()}
    return [
        {key: values[place % len(values)] for key, values in ends.items()}
        for place in range(max(map(len, ends.values())))
    ]


def _run(study: Study, propose: Propose, total: int, at_once: int, launch: Launch, fail_fast: bool) -> None:
    left = [trial for trial in study.trials if trial["status"] not in ENDED]
    began, ran, most = time.monotonic(), 0, max(total, len(study.trials))
    print(f"search {study.folder}: {most} trials, {len(study.trials) - len(left)} of them made", flush=True)
    while left or len(study.trials) < total:
        if left:
            batch, left = left[:at_once], left[at_once:]
        else:
            batch = study.propose(propose(study, min(at_once, total - len(study.trials))))
        try:
            launch(batch)
        finally:
            study.settle(batch)
            study.write()
        ran += len(batch)
        waiting = len(left) + max(total - len(study.trials), 0)
        for trial in batch:
            _tell(study, trial)
        print(f"trials: {most - waiting} of {most} made, about {(time.monotonic() - began) / ran * waiting:.0f} s left",
              flush=True)  # fmt: skip
        if fail_fast and any(trial["status"] != "done" for trial in batch):
            break
    best = study.best()
    if best:
        values = " ".join(f"{key}={shown(value)}" for key, value in best["values"].items())
        print(f"best trial {best['number']}: {study.head['objective']} {best['result']:.6g} with {values}", flush=True)


def _tell(study: Study, trial: Trial) -> None:
    best, objective = study.best(), study.head["objective"]
    said = f"{objective} {trial['result']:.6g}" if trial["result"] is not None else trial["status"]
    print(f"trial {trial['number']}: {said}" + (f" (best: {best['result']:.6g})" if best else ""), flush=True)
