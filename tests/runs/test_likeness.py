"""A likeness lets through what the same thing could be later, and nothing else."""

import math
from collections import OrderedDict

import pytest
import torch
from torch import nn

from rnnlab.runs.likeness import Differs, Maybe, compare, count, like, number, tensor, whole


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
