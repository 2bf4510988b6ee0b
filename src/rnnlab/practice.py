"""What can be added to a training so that longer sequences come right: the `practice` node of a config, all off."""

from typing import Any

import pytorch_lightning as pl
from torch import Generator, nn

from rnnlab.callbacks.growing import Growing
from rnnlab.data import MOST
from rnnlab.errors import InputError, one_of, real
from rnnlab.learner import SequenceLearner
from rnnlab.loaders import Drawn, Loader
from rnnlab.noise import Noise, activations
from rnnlab.tasks.task import Task

CURRICULA = ["uniform", "fixed", "growing"]

OFF = {
    "curriculum": "uniform",
    "solved": 0.95,
    "prefixes": False,
    "activation_noise": 0.0,
    "state_noise": 0.0,
    "borrowed_starts": 0.0,
}
"""What a config that says nothing about it (an older checkpoint's) means."""


def add(node: dict[str, Any], task: Task, data: pl.LightningDataModule, learner: SequenceLearner) -> list[pl.Callback]:
    """Puts what `node` asks for into the data and the learner; the callbacks that belong to it.

    Raises:
        InputError: for a value out of range, or one that this task, data or layer cannot serve.
    """
    settings = OFF | node
    try:
        _noise(settings, task, learner)
        learner.borrowed = real("borrowed_starts", settings["borrowed_starts"], 0, 1)
        if learner.borrowed and learner.carries_state:
            what = "rows start where the batch before ended"
            raise InputError(what, "0 for a text", "borrowed_starts", learner.borrowed)
        return _order(settings, task, data.train)
    except InputError as error:
        raise error.under("practice") from error


def _noise(settings: dict[str, Any], task: Task, learner: SequenceLearner) -> None:
    activation, state = (real(key, settings[key], 0) for key in ("activation_noise", "state_noise"))
    encoder, layer = learner.network.encoder, learner.network.layer
    if activation:
        features = encoder.embedding_dim if isinstance(encoder, nn.Embedding) else task.num_inputs
        if not activations(layer, features):
            what = f"{type(layer).__name__} calls no activation of torch that could be reached"
            raise InputError(what, "0 for this layer", "activation_noise", activation)
    if activation or state:
        learner.network.noise = Noise(activation, state)


def _order(settings: dict[str, Any], task: Task, loader: Loader) -> list[pl.Callback]:
    curriculum = one_of("curriculum", settings["curriculum"], CURRICULA)
    solved = real("solved", settings["solved"], 0, 1, above=True)
    prefixes = one_of("prefixes", settings["prefixes"], [True, False])
    for key in ("curriculum", "prefixes"):
        if settings[key] != OFF[key] and not isinstance(loader, Drawn):
            allowed = f"{'uniform' if key == 'curriculum' else 'false'}, or data.source=drawn"
            raise InputError("only for drawn examples", allowed, key, settings[key])
    if prefixes:
        longest = max(loader.lengths)
        task.prefixes(task.batch(1, min(loader.lengths), Generator()))  # raises where there is no answer
        if loader.batch_size * longest**2 > 10 * MOST:
            what = f"up to {longest} prefixes of {loader.batch_size} rows are too many"
            raise InputError(what, "fewer or shorter examples", "prefixes", prefixes)
        loader.prefixes = True
    if curriculum == "fixed":
        loader.present = [max(loader.lengths)]
    return [Growing(loader, solved)] if curriculum == "growing" else []
