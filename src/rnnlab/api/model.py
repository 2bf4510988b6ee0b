"""A trained model, to be asked from Python."""

import os
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from rnnlab.api.table import table
from rnnlab.data.lengths import measurable
from rnnlab.errors import InputError, checked
from rnnlab.inference import by_length, writing
from rnnlab.inference.answer import Answer, ask, check_answers
from rnnlab.inference.bounds import COUNT, LENGTH, SEED, TEMPERATURE, TOP_K, TOP_P
from rnnlab.inference.load import Loaded
from rnnlab.inference.load import load as read
from rnnlab.inference.score import score_file, score_splits
from rnnlab.layers.cell import Gates
from rnnlab.layers.twins import cell_of
from rnnlab.layers.unroll import Open, unroll
from rnnlab.network import Network
from rnnlab.tasks.task import Task


class Model:
    """What `rnnlab.load` finds: a trained network with the task it was trained for, on the CPU, in eval mode.

    network: inputs (B, T) or (B, T, F), state or None -> logits (B, T, V), state. task: it makes, reads and shows
    examples. config: the settings of both, as the run had them. Whatever a method cannot use raises InputError.
    """

    def __init__(self, loaded: Loaded):
        self.loaded = loaded
        self.network: Network = loaded.network
        self.task: Task = loaded.task
        self.config: dict[str, Any] = loaded.config

    def __repr__(self) -> str:
        names = (self.config[node]["name"] for node in ("model", "task"))
        return f"Model({' on '.join(names)}, {sum(weight.numel() for weight in self.network.parameters()):,} weights)"

    def answer(self, question: str) -> Answer:
        """What the model says to a question as a person types it, and whether that is right: `9+60`."""
        check_answers(self.task)
        return ask(self.network, self.task, self.task.parse(question))

    @checked
    def sample(
        self,
        prompt: str = "",
        length: LENGTH = 200,
        temperature: TEMPERATURE = 1.0,
        top_k: TOP_K | None = None,
        top_p: TOP_P | None = None,
        seed: SEED = 1,
    ) -> str:
        """The prompt, and `length` characters that the model writes after it.

        temperature: below 1 bolder in what is likely, above 1 wilder, 0 always the likeliest. top_k, top_p: only the K
        likeliest, or the likeliest that make up the share P. The same seed writes the same text.
        """
        task = writing.text_of(self.loaded)
        symbols = writing.drawn(self.loaded, writing.begun(task, prompt), length, 1, temperature, top_k, top_p, seed)
        return prompt + task.vocab.decode(torch.cat(list(symbols)))

    def score(self, path: str | os.PathLike[str] | None = None) -> dict[str, dict[str, float]]:
        """The scores of training, validation and test; or those of a file, a csv of digit sums or a text."""
        if path is None:
            return score_splits(self.loaded)
        return {str(path): score_file(self.loaded, str(path))}

    @checked
    def by_length(self, lengths: Sequence[int], count: COUNT = 1000, seed: SEED = 0) -> Any:
        """Exact match and accuracy by length, on `count` random and on all adversarial examples of each, as a table.

        A pandas.DataFrame, or a list of dicts where pandas is not installed; the columns are those of `lengths.csv`.
        """
        rising = measurable("lengths", list(lengths), self.task, count)
        return table([one.row() for one in by_length.by_length(self.network, self.task, rising, count, seed)])

    def trace(self, question: str) -> dict[str, np.ndarray]:
        """Every gate while the network reads a question, and its state: name -> (layers, T, H) for T steps.

        An LSTM has `input`, `forget`, `candidate`, `output`, `cell` and `hidden`; a cell of one's own what it names.
        """
        batch = self.task.parse(question)
        fed_back = self.task.answer == "fed_back"
        steps = int(batch.asked()[0].long().argmax()) + 1 if fed_back else batch.inputs.shape[1]
        with torch.inference_mode():
            layers = gates(self.network, batch.inputs[:, :steps])
        return {name: torch.stack([layer[name][0] for layer in layers]).numpy() for name in layers[0]}


def load(run: str | os.PathLike[str], trust: list[str]) -> Model:
    """The best model of a run's folder, or that of a checkpoint. Raises as `rnnlab.inference.load.load`."""
    return Model(read(run, trust))


def gates(network: Network, inputs: torch.Tensor) -> list[Gates]:
    """Of each layer, every gate by name (B, T, H); torch.nn's layers run their twins' cells.

    Raises:
        InputError: for a layer that is made otherwise than of cells.
    """
    layer, found = network.layer, list[Gates]()
    cell = cell_of(layer)
    if cell is None or not isinstance(layer, Open):
        raise InputError("is not made of cells, so it has no gates", "a layer like lstm", "model", type(layer).__name__)
    unroll(layer, cell, network.encoder(inputs).to(network.head.weight.dtype), trace=found)
    return found
