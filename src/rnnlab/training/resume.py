"""Going on with a run in its own directory."""

import functools
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from rnnlab.config import build, instantiate
from rnnlab.config.flat import Node, flat
from rnnlab.config.schema import check_config
from rnnlab.errors import InputError, shown, warn
from rnnlab.runs import checkpoint, run
from rnnlab.runs.vetting import refuse, vet_config, vet_weights
from rnnlab.training import expected_checkpoint
from rnnlab.training.changes import Resumed, check_changes, check_unfinished
from rnnlab.training.fit import fit
from rnnlab.training.rewind import rewind
from rnnlab.training.setup import Prepared, prepare

Made = TypeVar("Made")

KEY = re.compile(r"[\w.@/]{1,100}")
"""A key of the config, or a group."""


def newest(directory: Path, use: Callable[[Path, Node], Made]) -> Made:
    """What `use` makes of the newest checkpoint of a run directory; of the one before where it refuses that, saying so.

    Where none was saved before the run was stopped, of run.json, which has the config to begin anew with.

    Raises:
        InputError: where the directory is none of a run, or no checkpoint of it can be used.
    """
    record = run.read_record(directory)
    folder = directory / "checkpoints"
    found = [folder / name for name in (checkpoint.LAST, checkpoint.PREVIOUS) if os.path.lexists(folder / name)]
    if not found:
        if not record:
            raise run.no_run(directory)
        if record.get("status") == "done":
            raise InputError("its checkpoints are gone", "start the run anew", "resume", directory)
        return use(directory / "run.json", record)
    refused: list[InputError] = []
    for path in found:
        try:
            made = use(path, checkpoint.read(path, within=directory))
        except InputError as error:
            refused.append(error)
            continue
        for reason in refused:
            warn(f"{reason}; falling back to {path.name}")
        return made
    raise refused[0]


def changed(config: Node, values: dict[str, Any]) -> tuple[Node, dict[str, list[Any]]]:
    """A copy of `config` with dotted `values` set, and what that changed: key -> [old, new]."""
    old = flat(config)
    new = old | values
    differ = {key: [old.get(key), value] for key, value in new.items() if key not in old or old[key] != value}
    copy = _copy(config)
    for key, value in values.items():
        node = copy
        *path, name = key.split(".")
        for part in path:
            node = node.setdefault(part, {})
            if not isinstance(node, dict):
                raise InputError(f"{part} is {shown(node)} in this run", "a key of what is there", key, value)
        node[name] = value
    return copy, differ


def varies(directory: Path) -> list[str]:
    """The keys that vary in the sweep of a run: its record has them, checkpoints do not."""
    node: Any = run.read_record(directory)
    for key in ("config", "sweep", "varies"):
        node = node.get(key) if isinstance(node, dict) else None
    return [key for key in node if isinstance(key, str) and KEY.fullmatch(key)] if isinstance(node, list) else []


def _copy(node: Node) -> Node:
    return {key: _copy(value) if isinstance(value, dict) else value for key, value in node.items()}


def resume(directory: Path, values: Node, anyway: bool, trust: list[str]) -> None:
    """Goes on with the run in `directory`, with the run's own config but for `values` (dotted key -> value).

    A run that was killed before its first save begins anew, in the same folder. Raises as `train` does.
    """
    overrides = [f"resume={directory}", *(f"{key}={value}" for key, value in values.items())]
    with run.locked(directory):
        go_on(directory, values, trust, overrides, anyway)


def go_on(
    directory: Path,
    values: Node,
    trust: list[str],
    overrides: list[str],
    anyway: bool = False,
    may_have: Callable[[str], bool] = lambda _: True,
) -> None:
    """`resume`, for a caller that has the lock of the run. may_have: which dotted keys its config may have at all."""

    def use(path: Path, saved: Node) -> tuple[Resumed, Prepared]:
        here = {"output_dir": str(directory), "sweep": {"varies": varies(directory)}}
        own = vet_config(saved.get("config"), path)
        more = [key for key in flat(own) if not may_have(key)]
        if more:
            raise refuse(path, f"is of another job, its config has {more[0][:100]}")
        config, changes = changed(own | here, values)
        instantiate.vet_targets(config, trust, path)
        resumed = Resumed(directory, path, saved, config, changes, anyway)
        check_changes(resumed)
        try:
            check_config(config)
            vet = functools.partial(vet_weights, saved.get("state_dict"), path=path) if resumed.begun else None
            made = prepare(build.parts(config, vet))
        except (KeyError, TypeError, AttributeError) as error:
            raise refuse(path, f"holds not what a run needs, {type(error).__name__} {error}") from error
        if resumed.begun:
            check_changes(resumed, **made.circumstances)
            expected_checkpoint.vet(saved, path, made, anyway)
        return resumed, made

    resumed, made = newest(directory, use)
    steps = made.parts.steps
    check_unfinished(resumed, steps)
    if resumed.begun and (resumed.step >= steps or (resumed.saved["stopped"] and not resumed.longer(steps))):
        checkpoint.read_best(directory, made.learner.state_dict())  # no check is left to make another
    differ = check_changes(resumed, **(made.circumstances if resumed.begun else {}))
    if run.first_process():
        rewind(directory, *resumed.logged)
    run.note_resumed(directory, resumed.step, differ)
    fit(made, directory, overrides, resumed)
