"""A trained network from its run directory or checkpoint alone: nobody retypes overrides."""

import os
from pathlib import Path
from typing import Any, NamedTuple

import torch

from rnnlab.config import build, hardware, instantiate
from rnnlab.config.schema import PLAIN, check_node
from rnnlab.errors import InputError, check
from rnnlab.network import Network
from rnnlab.runs import checkpoint
from rnnlab.runs.vetting import refuse, vet_config, vet_weights
from rnnlab.tasks.task import Task

MOST = 24
"""Checkpoints of one run that are compared."""


class Loaded(NamedTuple):
    """A trained network with the task it was trained for, and the config and checkpoint it came from.

    Only the task and the model of `config` have been vetted, for packages in `trust`; nothing else of it is built.
    """

    config: dict[str, Any]
    task: Task
    network: Network
    saved: dict[str, Any]
    path: Path
    trust: list[str]


def load(where: str | os.PathLike[str], trust: list[str] | None = None) -> Loaded:
    """The best network of a run directory, or that of a checkpoint file, ready to answer (in eval mode, on the CPU).

    The task is rebuilt without its data: of a text only the vocabulary is needed, and that is in the checkpoint.

    Raises:
        InputError: where there is none, or it is damaged or hostile.
    """
    where = Path(where)
    if not os.path.exists(where):
        raise InputError("no run there", "the folder of a run, or a checkpoint", "run", where)
    path = where / "checkpoints" / checkpoint.BEST if os.path.isdir(where) else where
    if os.path.isdir(where) and not os.path.lexists(path):
        raise InputError(
            "no trained model there",
            "the folder of a run that has had a check; how others went rnnlab.report shows",
            "run",
            where,
        )
    saved = checkpoint.read(path, within=where if os.path.isdir(where) else None)
    config = dict(vet_config(saved.get("config"), path))
    trust = trust or []
    instantiate.vet_targets({key: config.get(key) for key in ("task", "model")}, trust, path)
    try:
        for node in ("task", "model"):
            check_node(node, config[node])
        config["task"] = config["task"] | ({"csv": None} if "csv" in config["task"] else {})
        target = instantiate.locate("task", config["task"]["_target_"])
        more = {"symbols": saved.get("vocabulary")} if getattr(target, "answer", None) == "endless" else {}
        if more and type(more["symbols"]) is not str:
            raise refuse(path, "has not the vocabulary of its text")
        task = build.task(config, **more)
        vet_weights(saved.get("state_dict"), build.shapes(config, task), path)
        network = build.network(config, task)
    except (KeyError, TypeError, AttributeError) as error:
        raise refuse(path, f"has a config that is none, {type(error).__name__} {error}") from None
    weights = {name.removeprefix("network."): value for name, value in saved["state_dict"].items()}
    network.load_state_dict(weights)
    return Loaded(config, task, network.eval(), saved, path, trust)


def untrained(loaded: Loaded) -> Network:
    """Another network of the same config, with first weights as torch's generator draws them."""
    return build.network(loaded.config, loaded.task).eval()


def ready(where: str | os.PathLike[str], trust: list[str] | None = None) -> Loaded:
    """What `load` finds, with as many threads as suit the network: what a command that only asks it needs."""
    loaded = load(where, trust)
    try:
        check("trainer.threads", loaded.config["trainer"]["threads"], PLAIN["trainer"]["threads"])
        torch.set_num_threads(hardware.threads(loaded.config))
    except (KeyError, TypeError) as error:
        raise refuse(loaded.path, f"has a config that is none, {type(error).__name__} {error}") from None
    return loaded


def kept(run: Path) -> list[Path]:
    """Checkpoints of a run: those that stay and the best one, of more than MOST some, evenly spread."""
    best = run / "checkpoints" / checkpoint.BEST
    paths = [*checkpoint.kept(run).values(), *([best] if os.path.lexists(best) else [])]
    count = min(len(paths), MOST)
    return [paths[round(place * (len(paths) - 1) / max(1, count - 1))] for place in range(count)]
