"""What a layer carries from step to step."""

from torch import Tensor, nn

State = tuple[Tensor, ...]
"""What a layer carries: tensors (layers, B, H), the first of which ends in the layer's last output; (h,) or (h, c)."""


def run(layer: nn.Module, x: Tensor, state: State | None = None) -> tuple[Tensor, State]:
    """`layer(x, state)` by the layer protocol; torch.nn's RNN and GRU, which carry one bare tensor, are adapted here.

    Raises:
        TypeError: for a layer whose state is no tuple.
    """
    if isinstance(layer, nn.RNN | nn.GRU):
        y, h = layer(x, None if state is None else state[0])
        return y, (h,)
    y, after = layer(x, state)
    if not isinstance(after, tuple):
        raise TypeError(f"{type(layer).__name__} must return its state as a tuple of tensors (layers, B, H)")
    return y, after


def detach(state: State) -> State:
    """The same values, with nothing to back-propagate into: where truncated BPTT truncates."""
    return tuple(part.detach() for part in state)


def rows(state: State, index: Tensor | slice) -> State:
    """The state of the chosen rows, in their order."""
    return tuple(part[:, index] for part in state)
