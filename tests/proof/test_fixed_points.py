"""Fixed points: those that can be worked out, those that a numerical search finds, and none besides."""

import itertools

import numpy as np
import pytest
import torch

from made_adders import MACHINE, adder
from rnnlab.errors import InputError
from rnnlab.inspection import dynamics
from rnnlab.proof.fixed_points import fixed_points, krawczyk, under
from rnnlab.proof.plain import plain

ROOT = 0.9575040240772687  # of x = tanh(2 x)


def drawn(size, gain, seed):
    generator = np.random.default_rng(seed)
    return generator.normal(size=(size, size)) * gain / size**0.5, 0.3 * generator.normal(size=size)


def test_units_apart_have_every_combination_of_their_three():
    found = fixed_points(2 * np.eye(3), np.zeros(3))
    assert found.complete and len(found.undecided[0]) == 0 and len(found.points[0]) == 27
    middles = sorted(map(tuple, ((found.points[0] + found.points[1]) / 2).tolist()))
    assert np.allclose(middles, list(itertools.product([-ROOT, 0, ROOT], repeat=3)), atol=1e-9)
    assert (found.points[1] - found.points[0]).max() < 1e-9


def test_where_three_points_become_one_it_is_undecided_and_not_missed():
    found = fixed_points(np.eye(1), np.zeros(1))
    assert found.complete and len(found.points[0]) == 0
    assert (found.undecided[0] <= 0).any() and (found.undecided[1] >= 0).any()


@pytest.mark.parametrize("size, gain, seed", [(3, 4, 0), (4, 3, 0), (6, 6, 0)])
def test_the_points_of_the_numerical_search_are_among_them_and_each_is_one(size, gain, seed):
    weight, bias = drawn(size, gain, seed)
    found = fixed_points(weight, bias)
    assert found.complete and len(found.undecided[0]) == 0

    def step(x):
        return torch.tanh(x @ torch.tensor(weight).T + torch.tensor(bias))

    starts = 2 * torch.rand(64, size, dtype=torch.float64, generator=torch.Generator().manual_seed(seed)) - 1
    numerical = [point.state.numpy() for point in dynamics.points(step, starts) if point.fixed]
    assert len(numerical) >= 1
    for state in numerical:
        near = (found.points[0] - 1e-7 <= state) & (state <= found.points[1] + 1e-7)
        assert near.all(1).sum() == 1
    middles = (found.points[0] + found.points[1]) / 2
    assert np.abs(np.tanh(middles @ weight.T + bias) - middles).max() < 1e-9


def test_of_two_units_none_is_missed_that_a_fine_grid_shows():
    """Curves on which one unit stays as it is cross the other one's: changes of sign of both in a cell of the grid."""
    weight, bias = drawn(2, 6, 1)
    found = fixed_points(weight, bias)
    axis = np.linspace(-1, 1, 801)
    grid = np.stack(np.meshgrid(axis, axis, indexing="ij"), -1)
    moved = np.sign(np.tanh(grid @ weight.T + bias) - grid)
    corners = np.stack([moved[:-1, :-1], moved[1:, :-1], moved[:-1, 1:], moved[1:, 1:]])
    crossing = np.argwhere((corners.min(0) < 0).all(-1) & (corners.max(0) > 0).all(-1))
    middles = (found.points[0] + found.points[1]) / 2
    cells = np.floor((middles + 1) * 400)
    distances = np.abs(crossing[:, None] - cells).max(2)
    assert (distances.min(0) <= 1).all() and (distances.min(1) <= 8).all() and len(middles) == 3


def test_krawczyks_operator_keeps_every_fixed_point_of_the_box():
    weight, bias = drawn(3, 3, 4)
    found = fixed_points(weight, bias)
    point = (found.points[0][:1] + found.points[1][:1]) / 2
    for width in (1e-6, 1e-3, 0.1, 0.5):
        for shift in (-0.5, 0.0, 0.9):
            low, high = krawczyk(weight, bias, (point + (shift - 1) * width, point + (shift + 1) * width))
            assert (low <= point).all() and (point <= high).all()


def test_a_networks_layer_has_its_own_under_each_symbol():
    of_adder = under(plain(adder(), MACHINE), 1)  # one of two bits: the carry stays
    assert of_adder.complete and len(of_adder.points[0]) == 3
    assert len(under(plain(adder(), MACHINE), 0).points[0]) == len(under(plain(adder(), MACHINE), 3).points[0]) == 1
    for kind in ("gru", "two layers"):
        with pytest.raises(InputError, match="one tanh layer"):
            under(plain(adder(kind), MACHINE), 0)


def test_a_search_that_has_no_time_says_that_it_is_not_complete():
    assert not fixed_points(2 * np.eye(3), np.zeros(3), seconds=0).complete
