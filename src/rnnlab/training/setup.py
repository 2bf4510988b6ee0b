"""Everything that a training needs, built from its config and checked before anything is written."""

import logging
import warnings
from typing import NamedTuple

import pytorch_lightning as pl

from rnnlab.config.build import Parts, optimizer_of
from rnnlab.config.flat import Node
from rnnlab.config.instantiate import locate, make, vet_own
from rnnlab.config.places import check_class, using
from rnnlab.config.schema import check_node, packages
from rnnlab.errors import InputError
from rnnlab.tasks.task import is_text
from rnnlab.training.callbacks.clock import EndInTime
from rnnlab.training.callbacks.saver import Saver
from rnnlab.training.learner import SequenceLearner
from rnnlab.training.loggers import check_ready
from rnnlab.training.plain_state import check_states

LOCAL = ("output_dir", "sweep")
"""What of a config says where a run is, not what it is; it is not in checkpoints."""


class Prepared(NamedTuple):
    """Everything that a training needs, built and checked, before anything is written.

    circumstances: what is saved besides the config of what a run may not go on without.
    """

    parts: Parts
    learner: SequenceLearner
    callbacks: list[pl.Callback]
    saver: Saver
    circumstances: Node

    @property
    def parameters(self) -> int:
        """How many numbers are learnt."""
        return sum(parameter.numel() for parameter in self.learner.parameters())

    @property
    def portable(self) -> Node:
        """The plain data of a checkpoint from which the run can be rebuilt, wherever it is."""
        config = {key: value for key, value in self.parts.config.items() if key not in LOCAL}
        return {"config": config, **self.circumstances}


def prepare(parts: Parts) -> Prepared:
    """Adds to what a config describes what Lightning is needed for.

    Raises:
        InputError: for a value that cannot be used.
    """
    config, task = parts.config, parts.task
    vet_own(config)
    with using(packages(config)):
        callbacks = [make(f"callbacks.{name}", node) for name, node in (config["callbacks"] or {}).items() if node]
        savers = [callback for callback in callbacks if isinstance(callback, Saver)]
        if len(savers) != 1:
            raise InputError(f"{len(savers)} callbacks save checkpoints", "one", "callbacks.saver", None)
        if config["trainer"]["max_time"] is not None:
            callbacks.append(EndInTime(config["trainer"]["max_time"]))
        check_states(callbacks)
        for name, node in config["logger"].items():
            if node:  # made when there is a folder for it, so that much is checked now
                target = locate(f"logger.{name}", node["_target_"])
                check_class(f"logger.{name}", target)
                check_node(f"logger.{name}", node, target)
                check_ready(target)
        vocabulary = task.vocab.symbols if is_text(task) else None
        now = {"threads": parts.threads, "data": parts.data.fingerprint, "vocabulary": vocabulary}
        return Prepared(parts, make_learner(parts), callbacks, savers[0], now)


def make_learner(parts: Parts) -> SequenceLearner:
    """The learner of what a config describes, with its optimizer, schedule and clipping."""
    return SequenceLearner(
        parts.network,
        parts.task.answer,
        optimizer=optimizer_of(parts.config),
        schedule=make("schedule", parts.config["schedule"]),
        total_steps=parts.steps,
        clip=parts.config["trainer"]["gradient_clip"],
        borrow=parts.practice.borrowed,
        look=parts.data.train.check,
    )


def _quieten() -> None:
    """Leaves out notices of Lightning and Hydra about what rnnlab decides or says by itself."""
    for name in ("pytorch_lightning", "lightning.pytorch", "lightning_fabric", "lightning.fabric", "hydra"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    warnings.filterwarnings("ignore", module="pytorch_lightning|lightning_fabric|lightning_utilities")


_quieten()
