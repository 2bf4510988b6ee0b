"""A state is a tuple of tensors (layers, B, H), whatever the layer is."""

import pytest
import torch
from torch import nn

from rnnlab.layers.state import detach, rows, run

B, T, F, H = 4, 3, 2, 5


@pytest.mark.parametrize("kind", [nn.RNN, nn.GRU, nn.LSTM])
def test_torchs_layers_take_and_give_what_they_carry_as_a_tuple(kind, seeded):
    x = torch.randn(B, T, F, generator=seeded(1))
    layer = kind(F, H, num_layers=2, batch_first=True)
    y, state = run(layer, x)
    assert isinstance(state, tuple) and [part.shape for part in state] == [(2, B, H)] * len(state)
    again, after = run(layer, x, state)
    bare = state if kind is nn.LSTM else state[0]
    expected, end = layer(x, bare)
    assert torch.equal(again, expected) and not torch.equal(again, y)
    assert all(map(torch.equal, after, end if kind is nn.LSTM else (end,)))


def test_a_layer_that_carries_a_bare_tensor_is_told_what_a_state_is():
    class Bare(nn.Identity):
        def forward(self, x, state=None):
            return x, x[:, -1:].transpose(0, 1)

    with pytest.raises(TypeError, match=r"Bare must return its state as a tuple of tensors \(layers, B, H\)"):
        run(Bare(), torch.zeros(B, T, F))


def test_a_detached_state_has_the_same_values_and_no_gradient():
    state = tuple(torch.randn(2, B, H, requires_grad=True) * 2 for _ in range(2))
    assert all(map(torch.equal, detach(state), state))
    assert not any(part.requires_grad for part in detach(state))


def test_rows_are_chosen_in_their_order_in_every_part_and_layer():
    h, c = (torch.arange(2 * B * H).view(2, B, H) + offset for offset in (0, 1000))
    chosen = rows((h, c), torch.tensor([3, 0, 3]))
    for part, found in zip((h, c), chosen, strict=True):
        assert found.tolist() == [[layer[3], layer[0], layer[3]] for layer in part.tolist()]
