"""A run that is gone on with, and what of it may be different from then on."""

from pathlib import Path
from typing import Any, NamedTuple

from hydra.core.override_parser.types import OverrideType

from rnnlab.config.compose import values_of
from rnnlab.config.flags import CONF, own_configs
from rnnlab.config.flat import Node
from rnnlab.config.overrides import parsed
from rnnlab.errors import InputError, shown
from rnnlab.runs import run

LONGER = {f"trainer.max_{unit}" for unit in ("epochs", "steps", "time")}
LONGER |= {"callbacks.solved.checks", "callbacks.early.patience"}
"""What says how long to train; where a training was over, a change of these lets it go on."""


FREE = {
    *LONGER,
    "callbacks.saver.every_steps",
    "callbacks.saver.every_minutes",
    "callbacks.saver.keep",
    "callbacks.look.shows",
    "optimizer.lr",
    "objective",
}
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

    def longer(self, total_steps: int) -> bool:
        """Whether the training is asked to be longer than it was."""
        return bool(LONGER & set(self.changes)) and total_steps > self.step


def asked(overrides: list[str], record: Node, config_dir: str | None) -> Node:
    """What overrides set of a run that is gone on with, dotted key -> value. record: what its run.json holds.

    A value of the run's own config is read as typed, without the yaml of its task, which may be anywhere. Whatever else
    is asked for, such as another choice of a group, is composed.

    Raises:
        InputError: for what cannot be read or is not known.
    """
    values: Node = {}
    rest = []
    for text in overrides:
        one = parsed(text)
        key, as_typed = one.key_or_group, one.type is OverrideType.CHANGE and not one.is_sweep_override()
        if not as_typed or "$" in text or not _has_value(record.get("config"), key):
            rest.append(text)
        elif key in values:
            raise InputError("given twice", "once", "argument", key)
        else:
            values[key] = one.value()
    folders = [Path(folder) for folder in (CONF, own_configs(config_dir)) if folder]
    there = [path for folder in folders for group in ("task", "model") for path in folder.glob(f"{group}/*.yaml")]
    choices = {path.parent.name: path.stem for path in there if record.get(path.parent.name) == path.stem}
    return values | (values_of(rest, choices, config_dir) if rest else {})


def _has_value(config: Any, key: str) -> bool:
    """Whether a config has a value of its own at a dotted key, which may be null."""
    *path, name = key.split(".")
    node = config
    for part in path:
        node = node.get(part) if isinstance(node, dict) else None
    return isinstance(node, dict) and name in node and not isinstance(node[name], dict)


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


def check_unfinished(resumed: Resumed, total_steps: int) -> None:
    """Raises InputError where the run is done and nothing asks for more steps."""
    if run.read_record(resumed.directory).get("status") == "done" and not resumed.longer(total_steps):
        allowed = "to go on, give a larger trainer.max_epochs, max_steps or max_time, or what stopped it another value"
        raise InputError(f"finished at step {resumed.step}", allowed, "resume", resumed.directory)
