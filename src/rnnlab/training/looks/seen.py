"""What is looked at in a check of a training, without a trace in it."""

import contextlib
from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from rnnlab.batch import Batch
from rnnlab.network import Network
from rnnlab.tasks.task import Task
from rnnlab.training.random_state import random_state, set_random_state
from rnnlab.training.tensorboard import TensorBoard

STEPS = 64
"""Time steps of a picture."""

ROWS = 32
"""Rows whose gates and states are counted together."""


class Seen(NamedTuple):
    """board: where it is shown. probe: validation rows, the same in every check, on the network's device. step: of the
    optimizer. first: whether this is the first check of the run.
    """

    board: TensorBoard
    network: Network
    task: Task
    probe: Batch
    step: int
    first: bool

    def rows(self, count: int = ROWS) -> Batch:
        """The first rows of the probe, up to their last asked step, or the first `STEPS` steps."""
        some = self.probe.rows(slice(0, count))
        last = int(some.asked().any(0).nonzero().max())
        return Batch(*(part[:, : min(last + 1, STEPS)] for part in some))

    def reads(self, inputs: Tensor) -> list[str]:
        """What (T,) ids or (T, F) features are called: characters, numbers, or features one beside the other."""
        if inputs.dim() == 1:
            return [self.task.spelled(one) for one in inputs.tolist()]
        return [" ".join(f"{one:g}" for one in features) for features in inputs.tolist()]


@contextlib.contextmanager
def undisturbed(network: Network) -> Iterator[None]:
    """Within this the network answers as in an evaluation; afterwards it and all random generators are as before."""
    modes = [(module, module.training) for module in network.modules()]
    drawn = random_state()
    network.eval()
    try:
        # cuDNN gives no gradient of a network that is not in training
        with torch.inference_mode(False), torch.no_grad(), torch.backends.cudnn.flags(enabled=False):
            yield
    finally:
        for module, training in modes:  # those inside come after what they are inside of
            module.train(training)
        set_random_state(drawn)
