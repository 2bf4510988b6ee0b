"""The subspace that is found, on an adder whose carry is known to lie in one direction."""

import pytest
import torch

from rnnlab.config import build
from rnnlab.inspection import alignment
from rnnlab.inspection.alignment import beside, exchanges, follows, said, smallest
from rnnlab.tasks.binaryaddition import BinaryAddition
from saved_runs import ADDER, exact_adder, plain

CARRY = torch.tensor([[0.0], [1.0], [-1.0]]) / 2**0.5
"""All that the next step reads of the three units: the second minus the third."""


@pytest.fixture
def adder():
    network = build.network(plain(*ADDER), BinaryAddition()).eval()
    exact_adder(network)
    return network


def test_pairs_differ_in_the_carry_and_the_sums_are_right_for_the_others(adder, seeded):
    task = BinaryAddition()
    pairs = exchanges(adder, task, "carry", 6)(300, seeded())
    carry = pairs.state[:, 1] - pairs.state[:, 2]
    assert torch.allclose((carry - (pairs.donor[:, 1] - pairs.donor[:, 2])).abs(), torch.ones(300))
    other = 1 - carry.round().long()
    total = other + sum((pairs.rest[:, place].sum(1).long() << place) for place in range(pairs.rest.shape[1]))
    bits = torch.stack([total >> place & 1 for place in range(pairs.targets.shape[1])], 1)
    assert torch.equal(bits, pairs.targets)


def test_exchanging_the_carry_is_followed_and_exchanging_the_rest_is_not(adder, seeded):
    draw = exchanges(adder, BinaryAddition(), "carry", 6)
    assert [one.value for one in follows(adder, draw, CARRY, 1, 1000)] == [1.0, 1.0]
    rest = torch.linalg.qr(torch.cat([CARRY, torch.eye(3)[:, :2]], 1)).Q[:, 1:]
    assert [one.value for one in follows(adder, draw, rest, 1, 1000)] == [0.0, 0.0]
    pairs = draw(100, seeded())
    assert torch.equal(said(adder, pairs, torch.eye(3)).argmax(2), pairs.targets)  # all of the state is exchanged


def test_subspaces_beside_are_random_ones_and_of_the_whole_size_the_whole_state(adder):
    draw = exchanges(adder, BinaryAddition(), "carry", 6)
    lines, planes, whole = (beside(adder, draw, 3, size, 1) for size in (1, 2, 3))
    assert whole == [1.0] * 20 and len(set(lines)) > 5
    assert sum(lines) < sum(planes) < 20


def test_the_one_direction_is_found_and_random_ones_are_worse(adder, monkeypatch):
    monkeypatch.setattr(alignment, "STEPS", 150)
    basis, (one,) = smallest(adder, BinaryAddition(), "carry", 6)
    assert one.size == 1 and one.first.value >= 0.999 and one.all.value >= 0.999
    assert float((basis.T @ CARRY).abs()) > 0.9
    assert len(one.random) == 20 and sum(one.random) / 20 < 0.7
