"""Lets TensorBoard show what goes on inside a network, while it is trained."""

from collections.abc import Callable
from typing import Literal

import pytorch_lightning as pl

from rnnlab.batch import Batch
from rnnlab.data.module import TaskData
from rnnlab.errors import checked, warn
from rnnlab.training.learner import ours
from rnnlab.training.looks import graph, histograms, images, projector, texts
from rnnlab.training.looks.seen import Seen, undisturbed
from rnnlab.training.tensorboard import TensorBoard

Shown = Literal[
    "answers",
    "weights",
    "gradients",
    "activations",
    "gates",
    "forgetting",
    "saturation",
    "eigenvalues",
    "projector",
    "graph",
]

SHOW: dict[Shown, Callable[[Seen], None]] = {
    "answers": texts.answers,
    "weights": histograms.weights,
    "gradients": histograms.gradients,
    "activations": histograms.activations,
    "gates": images.gates,
    "forgetting": images.forgetting,
    "saturation": images.saturation,
    "eigenvalues": images.eigenvalues,
    "projector": projector.projector,
    "graph": graph.graph,
}

ROWS, STEPS = 128, 1 << 12
"""Of the probe at most; steps of all rows together."""


class Look(pl.Callback):
    """After every check, for a fixed probe of validation rows; where the run has no TensorBoard, nothing.

    It changes no number of a training, and remembers nothing. What cannot be shown of a layer says so once and is left
    out; a disk that is full, or a file that cannot be written, ends the run as it does elsewhere.
    """

    @checked
    def __init__(self, shows: list[Shown]):
        self.shows = list(dict.fromkeys(shows))

    def on_validation_end(self, trainer: pl.Trainer, learner: pl.LightningModule) -> None:
        board = next((logger for logger in trainer.loggers if isinstance(logger, TensorBoard)), None)
        data = trainer.datamodule  # type: ignore[attr-defined] # Lightning says less
        if board is None or not self.shows or not isinstance(data, TaskData):
            return
        network, first = ours(learner).network, len(ours(learner).losses) == 1
        with undisturbed(network):
            probe = data.data.validation.batch(0)
            rows = max(1, min(ROWS, STEPS // probe.targets.shape[1]))
            probe = Batch(*(part[:rows].to(learner.device) for part in probe))
            seen = Seen(board, network, data.task, probe, trainer.global_step, first)
            for name in list(self.shows):
                try:
                    SHOW[name](seen)
                except OSError:
                    raise
                except Exception as error:  # of a user's layer or task, which trains well without
                    warn(f"callbacks.look cannot show {name}, {type(error).__name__}: {str(error).split(chr(10))[0]}")
                    self.shows.remove(name)
