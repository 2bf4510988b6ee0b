"""A likeness lets through what the same thing could be later, and nothing else."""

import math
import random
from collections import OrderedDict

import numpy as np
import pytest
import torch
from torch import nn

from rnnlab.runs.likeness import Differs, Maybe, compare, count, like, number, tensor, whole
from rnnlab.training import random_state
from rnnlab.training.optimizer_state import optimizer_likeness


@pytest.mark.parametrize(
    ("fresh", "later"),
    [
        (0, [0, 7]),
        (-1, [-1, 3]),
        (0.0, [0.0, -2.5, 3]),
        (math.inf, [math.inf, 0.1]),
        (None, [None, 0.5, 2]),
        (False, [False, True]),
        ("min", ["min", "max"]),
        (torch.zeros(2), [torch.tensor([-1.0, 5.0])]),
        (torch.tensor(math.inf), [torch.tensor(math.inf), torch.tensor(0.25)]),
        ({"best": None, "seen": []}, [{"best": 0.5, "seen": [0.5, 0.25]}, OrderedDict(best=None, seen=[])]),
    ],
)
def test_what_a_fresh_value_can_become_is_like_it(fresh, later):
    for value in later:
        compare(value, like(fresh, grows=True))


@pytest.mark.parametrize(
    ("fresh", "wrong", "place"),
    [
        ({"a": {"b": 0}}, {"a": {"b": 0.5}}, "a/b is 0.5"),
        ({"a": {"b": 0}}, {"a": {"b": -1}}, "a/b is -1"),
        ({"a": {"b": 0}}, {"a": {"b": True}}, "a/b is True"),
        ({"a": {"b": 0}}, {"a": {"b": 2**60}}, "a/b is 1152921504606846976"),
        ({"a": {"b": 0}}, {"a": {}}, "a/b is missing"),
        ({"a": {"b": 0}}, {"a": {"b": 0, "c": 0}}, "a/c is in no checkpoint"),
        ({"a": {"b": 0}}, {"a": [0]}, "a is a list of 1"),
        ({0: 1}, {False: 1}, "False is in no checkpoint"),
        ({"a": [0, 0]}, {"a": [0]}, "a has 1 items, this run has 2"),
        ({"a": [0, 0]}, {"a": (0, 0)}, "a is a tuple of 2"),
        ({"a": 0.5}, {"a": math.nan}, "a is nan"),
        ({"a": 0.5}, {"a": math.inf}, "a is inf"),
        ({"a": math.inf}, {"a": -math.inf}, "a is -inf"),
        ({"a": None}, {"a": "x"}, "a is 'x'"),
        ({"a": None}, {"a": math.nan}, "a is nan"),
        ({"a": []}, {"a": [math.nan]}, "a is a list of 1"),
        ({"a": {}}, {"a": {"b": torch.tensor(math.inf)}}, "a is a dict of 1"),
        ({"a": torch.zeros(2)}, {"a": torch.zeros(3)}, "a is a float32 tensor of shape [3]"),
        ({"a": torch.zeros(2)}, {"a": torch.zeros(2).double()}, "a is a float64 tensor of shape [2]"),
        ({"a": torch.zeros(2)}, {"a": torch.tensor([0, math.nan])}, "that is not finite"),
        ({"a": torch.zeros(2)}, {"a": nn.Parameter(torch.zeros(2))}, "a is a float32 tensor"),
        ({"a": "x"}, {"a": torch.zeros(2)}, "a is a float32 tensor"),
        ({"a\nb": 0}, {"a\nb": "x"}, "'a\\nb' is 'x'"),
    ],
)
def test_what_it_cannot_become_is_named_with_its_place(fresh, wrong, place):
    with pytest.raises(Differs) as refusal:
        compare(wrong, like(fresh, grows=True))
    assert str(refusal.value).startswith(place) or place in str(refusal.value)


def test_what_is_no_rule_must_be_equal_and_of_the_same_kind():
    compare({"a": (1, 2.0), "b": torch.zeros(1)}, {"a": (1, 2.0), "b": tensor(torch.zeros(1)), "c": Maybe(1)})
    for value in ((1, 2), (1.0, 2.0), (True, 2.0), [1, 2.0], torch.tensor([1.0, 2.0])):
        with pytest.raises(Differs):
            compare({"a": value}, {"a": (1, 2.0)})


def test_numbers_are_held_to_their_bounds():
    assert number(0).holds(0) and number(0).holds(1e300) and not number(0).holds(-1e-9)
    assert whole(1, 3).holds(3) and not whole(1, 3).holds(4) and not whole(1, 3).holds(2.0)
    assert count({"a": {"b": 3}}, "a/b", 3) == 3
    for place in ("a/c", "a/b/c", "b"):
        with pytest.raises(Differs, match="is missing"):
            count({"a": {"b": 3}}, place)


@pytest.mark.parametrize("drawn", [0, 1, 2, 623, 624, 625, 1000, 1247, 1248])
def test_every_state_of_the_random_generators_is_like_one(drawn):
    torch.manual_seed(drawn)
    random.seed(drawn)
    np.random.seed(drawn)
    torch.rand(drawn)
    torch.randn(drawn % 3, dtype=torch.float64)
    for _ in range(drawn):
        random.getrandbits(32)
        np.random.randint(2**32, dtype=np.uint64)
    random.gauss(0, 1)
    np.random.randn()
    compare(random_state.random_state(), random_state.LIKENESS)


def altered(offset: int, content: bytes) -> torch.Tensor:
    state = bytearray(torch.Generator().manual_seed(1).get_state().numpy().tobytes())
    state[offset : offset + len(content)] = content
    return torch.frombuffer(state, dtype=torch.uint8).clone()


@pytest.mark.parametrize(
    ("offset", "content"),
    [
        (8, b"\0\0\0\0"),  # words left in the twister: none
        (8, b"\x80\1\0\0"),  # 384, from the first word on, as many as torch would take, but not in this place
        (16, b"\5\0\0\0"),  # from word 5 on
        (16, b"\xff\xff\xff\xff"),
        (12, b"\0\0\0\0"),  # not seeded
        (5024, b"\0\0\0\0\0\0\xf8\x7f" + bytes(8) + b"\1"),  # nan as the next normal number
    ],
)
def test_a_state_that_torch_would_read_beyond_is_refused(offset, content):
    with pytest.raises(Differs, match="torch"):
        compare(random_state.random_state() | {"torch": altered(offset, content)}, random_state.LIKENESS)


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
