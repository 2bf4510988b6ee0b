"""GRAPH: one step of the network, operation by operation."""

import contextlib
import io
import warnings

from torch import Tensor, nn
from torch.utils.tensorboard._pytorch_graph import graph as drawn

from rnnlab.layers.noise import run_open
from rnnlab.network import Network
from rnnlab.training.looks.seen import Seen


class OneStep(nn.Module):
    """Inputs (1, 1) or (1, 1, F) -> logits and the state after, with the equations of a cell where there is one."""

    def __init__(self, network: Network):
        super().__init__()
        self.encoder, self.layer, self.head = network.encoder, network.layer, network.head

    def forward(self, inputs: Tensor) -> tuple[Tensor, ...]:
        x = self.encoder(inputs).to(self.head.weight.dtype)
        y, state = run_open(self.layer, x)
        return self.head(y), *state


def graph(seen: Seen) -> None:
    """Drawn once, in the first check of a run."""
    if not seen.first:
        return
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")  # the tracer's, about shapes, which are those of one step
        definition, _ = drawn(OneStep(seen.network), seen.rows(1).inputs[:, :1])
    seen.board.log_definition(definition, seen.step)
