"""A step on boxes, as the search takes it, is never narrower than what the check finds, and little wider."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from made_adders import MACHINE
from rnnlab.layers.rnn import RNN
from rnnlab.layers.unroll import Stepwise
from rnnlab.network import Network
from rnnlab.proof.boxes import GRID, Steps, affine, blend, outward, times
from rnnlab.proof.plain import plain
from rnnlab.proof.verify import Step

LAYERS = {
    "rnn": torch.nn.RNN,
    "relu": lambda *sizes, **more: torch.nn.RNN(*sizes, nonlinearity="relu", **more),
    "lstm": torch.nn.LSTM,
    "gru": torch.nn.GRU,
    "sigmoid": lambda *sizes, batch_first: Stepwise(RNN("sigmoid"), *sizes),
}


@pytest.mark.parametrize("double", [False, True])
@pytest.mark.parametrize("name", LAYERS)
def test_the_search_is_a_little_wider_than_the_check(name, double):
    torch.manual_seed(1)
    network = Network(torch.nn.Identity(), LAYERS[name](2, 3, 2, batch_first=True), 3, 3).eval()
    for parameter in network.parameters():
        parameter.data *= 3
    network = network.double() if double else network
    steps = Steps(plain(network, MACHINE))
    generator = np.random.default_rng(0)
    low = np.round(generator.uniform(-1, 1, (5, steps.plain.size)) / GRID) * GRID
    high = low + np.round(generator.uniform(0, 0.5, low.shape) / GRID) * GRID
    found, margins = steps((low, high), 3), steps.margins(steps((low, high), 3), 1)
    check = Step(network, MACHINE, [*low.flatten().tolist(), *high.flatten().tolist()])
    for row in range(5):
        image = check([(check.exact(a), check.exact(b)) for a, b in zip(low[row], high[row], strict=True)], 3)
        ends = np.array([[a / check.one, b / check.one] for a, b in image])
        assert (found[0][row] <= ends[:, 0]).all() and (ends[:, 1] <= found[1][row]).all()
        assert (ends[:, 0] - found[0][row] < 3e-4).all() and (found[1][row] - ends[:, 1] < 3e-4).all()
        assert margins[row] <= check.margin(image, 1) / check.one < margins[row] + 1e-2


ENDS = st.tuples(st.floats(-9, 9), st.floats(-9, 9)).map(sorted)
SHARES = st.tuples(st.floats(0, 1), st.floats(0, 1)).map(sorted)


def inside(box, share):
    return box[0] + share * (box[1] - box[0])


@given(SHARES, ENDS, ENDS, st.tuples(*[st.floats(0, 1)] * 3))
def test_products_and_weighted_means_contain_those_of_points_and_meet_their_ends(z, n, h, shares):
    boxes = [tuple(np.array([end]) for end in ends) for ends in (z, n, h)]
    at = [inside(ends, share) for ends, share in zip((z, n, h), shares, strict=True)]
    low, high = blend(*boxes)
    assert low - 1e-9 <= (1 - at[0]) * at[1] + at[0] * at[2] <= high + 1e-9
    corners = [(1 - a) * b + a * c for a in z for b in n for c in h]
    assert (low, high) == (pytest.approx(min(corners)), pytest.approx(max(corners)))
    low, high = times(boxes[1], boxes[2])
    assert low - 1e-9 <= at[1] * at[2] <= high + 1e-9
    low, high = affine(np.array([[2.0, -3.0]]), (np.array([n[0], h[0]]), np.array([n[1], h[1]])), np.array([1.0]))
    assert low - 1e-9 <= 2 * at[1] - 3 * at[2] + 1 <= high + 1e-9


def test_ends_are_put_on_the_grid_outward():
    low, high = outward((np.array([0.1, -5.0]), np.array([0.1, 7.0])))
    assert (low < [0.1, -5.0]).all() and (high > [0.1, 7.0]).all() and (np.abs(high - low - [0, 12]) < 3 * GRID).all()
    assert (low % GRID == 0).all() and (high % GRID == 0).all()
