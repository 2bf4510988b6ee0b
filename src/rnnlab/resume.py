"""Going on with a run: what it was, and what is asked to be different."""

import math
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from rnnlab import checkpoint, run
from rnnlab.errors import InputError, shown, warn
from rnnlab.likeness import described
from rnnlab.vetting import refuse

Node = dict[str, Any]
Made = TypeVar("Made")

KEY = re.compile(r"[\w.@/]{1,100}")
"""A key of the config, or a group."""

LONGER = {"trainer.max_epochs", "trainer.max_steps", "callbacks.solved.checks", "callbacks.early.patience"}
"""What says how long to train; where a training was over, a change of these lets it go on."""

FREE = {*LONGER, "callbacks.saver.every_steps", "callbacks.saver.every_minutes", "optimizer.lr", "objective"}
"""What may differ without further ado: how long to train, when to save, and the learning rate."""


class Resumed(NamedTuple):
    """A run to go on with: its directory, what is saved of it, and its config with `changes` made.

    path, saved: the checkpoint and what it holds; run.json where nothing was saved yet.
    """

    directory: Path
    path: Path
    saved: Node
    config: Node
    changes: dict[str, list[Any]]
    anyway: bool

    @property
    def begun(self) -> bool:
        """Whether there is a checkpoint; without one the run begins anew."""
        return self.path.suffix == ".ckpt"

    @property
    def step(self) -> int:
        return self.saved["global_step"] if self.begun else 0

    @property
    def logged(self) -> tuple[int, int]:
        """How many checks there had been at the checkpoint, and the step of the last one."""
        state = self.saved["callbacks"]["Record"] if self.begun else {"checks": 0, "last_step": -1}
        return state["checks"], state["last_step"]


def newest(directory: Path, use: Callable[[Path, Node], Made]) -> Made:
    """What `use` makes of the newest checkpoint of a run directory; of the one before where it refuses that, saying so.

    Where none was saved before the run was stopped, of run.json, which has the config to begin anew with.

    Raises:
        InputError: where the directory is none of a run, or no checkpoint of it can be used.
    """
    record = run.read_record(directory)
    if not record:
        raise InputError("no run there", "the folder of a run, which holds a run.json", "resume", directory)
    folder = directory / "checkpoints"
    found = [folder / name for name in (checkpoint.LAST, checkpoint.PREVIOUS) if os.path.lexists(folder / name)]
    if not found:
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
        for error in refused:
            warn(f"{error}; falling back to {path.name}")
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
        node[name] = value
    return copy, differ


def check_changes(resumed: Resumed, **now: Any) -> dict[str, list[Any]]:
    """What differs from the saved run, of the config and of what holds `now` (threads, data fingerprint).

    Raises:
        InputError: naming each difference that would make it another run, unless `resume_anyway=true`.
    """
    differ = {key: pair for key, pair in resumed.changes.items() if not key.startswith("logger.")}
    for key, value in now.items():
        old = resumed.saved.get(key)
        if type(old) is not type(value) or old != value:
            differ[key] = [old, value]
    hard = {key: pair for key, pair in differ.items() if key not in FREE}
    if hard and not resumed.anyway:
        pairs = [f"{key} was {shown(old)}, now {shown(new)}" for key, (old, new) in hard.items()]
        allowed = "resume with the run's own values, or add resume_anyway=true"
        raise InputError(f"would be another run: {'; '.join(pairs)}", allowed, "resume", resumed.directory)
    return differ


def check_unfinished(resumed: Resumed, total_steps: int) -> bool:
    """Whether a training is asked to be longer than it was.

    Raises:
        InputError: where the run is done and nothing asks for more steps.
    """
    longer = bool(LONGER & set(resumed.changes)) and total_steps > resumed.step
    if run.read_record(resumed.directory).get("status") == "done" and not longer:
        allowed = "to go on, give a larger trainer.max_epochs or trainer.max_steps, or what stopped it another value"
        raise InputError(f"finished at step {resumed.step}", allowed, "resume", resumed.directory)
    return longer


def flat(node: Node, prefix: str = "") -> Node:
    """A nested dict as one of dotted keys."""
    items: Node = {}
    for key, value in node.items():
        items |= flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return items


def vet_config(config: Any, path: Path) -> Node:
    """That a checkpoint's config is what yaml could have said: dicts with names, lists, text and finite numbers.

    Its text is nothing but text: an interpolation, which would read the environment, is refused and never resolved.
    """
    if not isinstance(config, dict):
        raise refuse(path, "has no config")
    for key, value in config.items():
        if not isinstance(key, str) or len(key) > 100:
            raise refuse(path, "has a config that is none")
        if isinstance(value, dict):
            vet_config(value, path)
        elif not _is_plain(value):
            raise refuse(path, f"its config has {described(value)} in {key}")
    return config


def _is_plain(value: Any) -> bool:
    if type(value) is list:
        return all(map(_is_plain, value))
    if type(value) is dict:
        return all(type(key) is str and len(key) <= 100 and _is_plain(inner) for key, inner in value.items())
    if type(value) is str:
        return "${" not in value
    return type(value) in (int, bool, type(None)) or (type(value) is float and math.isfinite(value))


def varies(directory: Path) -> list[str]:
    """The keys that vary in the sweep of a run: its record has them, checkpoints do not."""
    node: Any = run.read_record(directory)
    for key in ("config", "sweep", "varies"):
        node = node.get(key) if isinstance(node, dict) else None
    return [key for key in node if isinstance(key, str) and KEY.fullmatch(key)] if isinstance(node, list) else []


def _copy(node: Node) -> Node:
    return {key: _copy(value) if isinstance(value, dict) else value for key, value in node.items()}
