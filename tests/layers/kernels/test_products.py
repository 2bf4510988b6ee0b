"""Packed products against torch's own, in double precision, and the quick tanh against torch.tanh."""

import pytest
import torch
from torch.nn import functional

from rnnlab.layers.kernels.products import MANY, hearing, packed, tanh


def close(found, expected):
    torch.testing.assert_close(found.double(), expected, rtol=1e-6, atol=1e-5)


@pytest.mark.parametrize("rows", [MANY - 1, MANY, 3 * MANY])
def test_a_packed_product_is_w_y_plus_b(rows, seeded):
    random = seeded(1)
    weight, bias, y = (torch.randn(shape, generator=random) for shape in [(40, 33), (40,), (rows, 33)])
    close(packed(weight, bias, rows)(y), y.double() @ weight.double().T + bias.double())


@pytest.mark.parametrize("rows", [2, MANY])
def test_one_product_serves_two_maps_of_which_one_may_have_no_bias(rows, seeded):
    random = seeded(2)
    own, above, bias, y = (torch.randn(shape, generator=random) for shape in [(12, 9), (5, 9), (12,), (rows, 9)])
    first, second = hearing((own, bias), (above, None), rows)(y)
    close(first, functional.linear(y.double(), own.double(), bias.double()))
    close(second, functional.linear(y.double(), above.double()))


def test_the_quick_tanh_is_right_where_it_is_steep_and_where_it_is_flat():
    x = torch.cat([torch.linspace(-100, 100, 100_001), torch.linspace(-1e-3, 1e-3, 1001)])
    torch.testing.assert_close(tanh(x).double(), torch.tanh(x.double()), rtol=0, atol=2e-7)
    assert torch.equal(tanh(torch.tensor([-torch.inf, 0.0, torch.inf])), torch.tensor([-1.0, 0.0, 1.0]))
