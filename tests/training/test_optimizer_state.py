"""The state of torch's own optimizers after real steps, against what another one of its kind says of it."""

import math

import pytest
import torch
from torch import nn

from rnnlab.runs.likeness import Differs, compare
from rnnlab.training.optimizer_state import optimizer_likeness

OPTIMIZERS = {
    "Adam": {"amsgrad": True},
    "AdamW": {"fused": True},
    "SGD": {"momentum": 0.9},
    "RMSprop": {"centered": True, "momentum": 0.5},
    "Adagrad": {},
    "Adadelta": {},
    "Adamax": {},
    "NAdam": {},
    "RAdam": {},
    "ASGD": {},
    "Rprop": {},
    "Adafactor": {},
}


@pytest.mark.parametrize("steps", [1, 30])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_state_of_any_optimizer_is_like_that_of_another_one_of_its_kind(name, steps):
    weights = [nn.Parameter(torch.randn(3, 2)), nn.Parameter(torch.randn(2)), nn.Parameter(torch.randn(4, 4))]

    def make(parameters):
        return getattr(torch.optim, name)(list(parameters), lr=0.01, **OPTIMIZERS[name])

    optimizer = make(weights)
    for _ in range(steps):
        for weight in weights[:2]:  # the third takes no part
            weight.grad = torch.randn_like(weight)
        optimizer.step()
    state, expected = optimizer.state_dict(), optimizer_likeness(make, weights, {2}, lambda key: False, steps, steps)
    compare(state, expected)
    for change in (steps + 1, steps - 1) if "step" in state["state"][0] else ():
        with pytest.raises(Differs, match="state/0/step"):
            compare(state, optimizer_likeness(make, weights, {2}, lambda key: False, change, change))
    for key in state["state"][0]:
        for other in (torch.zeros(7, 7), "x", math.nan, None):
            wrong = state["state"] | {0: state["state"][0] | {key: other}}
            with pytest.raises(Differs, match=f"state/0/{key}"):
                compare(state | {"state": wrong}, expected)
    for group in (state["param_groups"][0] | {"maximize": True}, state["param_groups"][0] | {"params": [0, 1, 1]}):
        with pytest.raises(Differs, match="param_groups/0"):
            compare(state | {"param_groups": [group]}, expected)
