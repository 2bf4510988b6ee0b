"""A trained model, to be asked from Python."""

import os
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import torch

from rnnlab.api.table import table
from rnnlab.errors import checked
from rnnlab.inference import by_length, writing
from rnnlab.inference.answer import Answer, ask, check_answers
from rnnlab.inference.bounds import COUNT, LENGTH, SEED, TEMPERATURE, TOP_K, TOP_P
from rnnlab.inference.load import Loaded
from rnnlab.inference.load import load as read
from rnnlab.inference.score import score_file, score_splits
from rnnlab.inspection import study
from rnnlab.inspection.dynamics import Point
from rnnlab.inspection.intervals import Estimate
from rnnlab.inspection.whole import gates


class Model:
    """What `rnnlab.load` finds: a trained network with the task it was trained for, on the CPU, in eval mode.

    network: inputs (B, T) or (B, T, F), state or None -> logits (B, T, V), state. task: it makes, reads and shows
    examples. config: the settings of both, as the run had them. Whatever a method cannot use raises InputError.
    """

    def __init__(self, loaded: Loaded):
        self.loaded = loaded
        self.network, self.task = loaded.network, loaded.task
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
        symbols = writing.drawn(self.network, writing.begun(task, prompt), length, 1, temperature, top_k, top_p, seed)
        return prompt + task.vocab.decode(torch.cat(list(symbols)))

    @checked
    def score(
        self, path: str | os.PathLike[str] | None = None, unknown: Literal["refuse", "skip"] = "refuse"
    ) -> dict[str, dict[str, float]]:
        """The scores of training, validation and test; or those of a file, a csv of digit sums or a text.

        unknown: whether characters of a text that the model never saw are refused, or skipped and counted.
        """
        if path is None:
            return score_splits(self.loaded)
        return {str(path): score_file(self.loaded, str(path), unknown)}

    @checked
    def by_length(self, lengths: Sequence[int], count: COUNT = 1000, seed: SEED = 0) -> Any:
        """Exact match and accuracy by length, on `count` random and on all adversarial examples of each, as a table.

        A pandas.DataFrame, or a list of dicts where pandas is not installed; the columns are those of `lengths.csv`.
        """
        measured = by_length.by_length(self.network, self.task, list(lengths), count, seed)
        return table([one.row() for one in measured])

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

    @checked
    def probe(self, length: LENGTH | None = None, seed: SEED = 0) -> dict[str, Any]:
        """What can be read off the state of each of the task's quantities, by a `linear` and a `non-linear` probe.

        `score` on examples held out, that of a `control` with shuffled labels, that off an `untrained` network, and
        `selectivity`, score - control; each a value with the ends of its 95 % interval.

        length: of the examples; None: the longest of the training.
        """
        batch = study.examples(self.loaded, length, seed)
        return study.known(self.loaded, batch, study.states(self.network, batch), seed)

    @checked
    def ablate(self, length: LENGTH | None = None, by: Literal["mean", "swap"] = "mean") -> dict[str, Estimate]:
        """The score with each number of the state cut alone, in all steps: name -> share of answers right (of text, of
        characters). It is set to its mean, or to what it is in another example.
        """
        return study.cut_alone(self.network, self.task, study.examples(self.loaded, length), by)

    def fixed_points(self, question: str, step: int = -1) -> list[Point]:
        """Fixed and slow points of the state if the input that the question has at `step` came without end.

        They are searched for from the states that reading the question leaves, float64 (D,).
        """
        inputs = self.task.parse(question).inputs
        return study.points(self.network, inputs, inputs[0, step])

    @checked
    def study(self, length: LENGTH | None = None, seed: SEED = 0) -> dict[str, Any]:
        """All of this and more in one: what `rnnlab.inspect` writes to `inspect.json`."""
        return study.study(self.loaded, length, seed)


def load(run: str | os.PathLike[str], trust: list[str]) -> Model:
    """The best model of a run's folder, or that of a checkpoint. Raises as `rnnlab.inference.load.load`."""
    return Model(read(run, trust))
