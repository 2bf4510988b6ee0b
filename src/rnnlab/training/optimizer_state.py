"""What the state of an optimizer must look like: another one of its kind has stepped on copies of the weights."""

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from rnnlab.runs.likeness import Maybe, Rule, described, like, number, tensor, whole

Node = dict[str, Any]
Make = Callable[[Iterable[nn.Parameter]], Optimizer]


def optimizer_likeness(
    make: Make, weights: list[nn.Parameter], unused: set[int], free: Callable[[str], bool], fewest: int, most: int
) -> Node:
    """The likeness of the `state_dict` of the optimizer that `make` makes, after from `fewest` to `most` steps.

    Zeros in the shapes of `weights` make one and two steps up, and down: what is nowhere negative then never is, and
    what is 1 and 2 then counts steps. What the groups have is equal to that of another such optimizer, but for the
    learning rate, which is set anew before each step, and what has a name that is `free`.
    unused: places of weights that may have had no gradient, and so have no state.
    """
    tried = [_tried(make, weights, sign, steps) for sign in (1.0, -1.0) for steps in (1, 2)]
    state: Node = {}
    for place, kept in tried[1]["state"].items():
        least = 0 if place in unused else fewest
        likeness = {key: _kept([one["state"][place].get(key) for one in tried], least, most) for key in kept}
        state[place] = Maybe(likeness) if place in unused else likeness
    groups = []
    for group in tried[1]["param_groups"]:
        loose = {key: like(value) for key, value in group.items() if key != "params" and free(key)}
        groups.append(group | loose | {"lr": number(0)})
    return {"state": state, "param_groups": groups}


def _tried(make: Make, weights: list[nn.Parameter], sign: float, steps: int) -> Node:
    """The state of an optimizer after steps whose every gradient was `sign`."""
    copies = [nn.Parameter(torch.zeros_like(weight, device="cpu"), weight.requires_grad) for weight in weights]
    optimizer = make(copies)
    for _ in range(steps):
        for copy in copies:
            copy.grad = torch.full_like(copy, sign) if copy.requires_grad else None
        optimizer.step()
    return optimizer.state_dict()


def _kept(tried: list[Any], fewest: int, most: int) -> Any:
    """The likeness of one thing kept of a weight, from what it was after one and two steps up, one and two down."""
    now = tried[1]
    if not all(isinstance(value, Tensor) or _is_number(value) for value in tried):
        return like(now, grows=True)
    values = [torch.as_tensor(value) for value in tried]
    if all(value.ndim == 0 for value in values) and [float(value) for value in values] == [1, 2, 1, 2]:
        return _counter(now, fewest, most)
    low = 0 if all(bool((value >= 0).all()) for value in values) else -torch.inf
    return tensor(now, low) if isinstance(now, Tensor) else number(low)


def _counter(like: Any, fewest: int, most: int) -> Rule:
    one = tensor(like) if isinstance(like, Tensor) else whole() if isinstance(like, int) else number()
    allowed = f"{described(like)}, from {fewest} to {most}"
    return Rule(allowed, lambda value: one.holds(value) and fewest <= float(value) <= most)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
