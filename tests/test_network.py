"""Encoder, layer and head together."""

import torch
from torch import nn

from rnnlab.layers.noise import Noise
from rnnlab.network import Network, OneHot

F, H, B, T = 3, 4, 2, 5


def test_a_network_is_noisy_in_training_only(seeded):
    torch.manual_seed(1)
    layer, noise = nn.GRU(5, H, batch_first=True), Noise(activation=0.5, state=0.5)
    network = Network(OneHot(5), layer, H, 5, noise)
    ids = torch.randint(5, (B, T), generator=seeded(7))
    plain = network.head(layer(network.encoder(ids))[0])
    assert not torch.allclose(network.train()(ids)[0], plain, atol=1e-3)
    before = torch.get_rng_state()
    assert torch.equal(network.eval()(ids)[0], plain)
    assert torch.equal(torch.get_rng_state(), before)
