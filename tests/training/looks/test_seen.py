"""What is looked at: rows of a probe, and a network that is as it was afterwards."""

import random

import numpy as np
import pytest
import torch
from torch import nn

from rnnlab.batch import IGNORE, Batch
from rnnlab.network import Network
from rnnlab.training.looks.seen import STEPS, undisturbed


def test_rows_end_with_their_last_asked_step_or_where_a_picture_ends(seen):
    sums = seen("task=digitsum", "model=rnn")
    assert sums.rows(1).targets[0, -1] != IGNORE and len(sums.rows(7).targets) == 7
    long = Batch(torch.zeros(2, 100, dtype=torch.int64), torch.ones(2, 100, dtype=torch.int64))
    assert sums._replace(probe=long).rows().inputs.shape == (2, STEPS)


def test_symbols_numbers_and_features_have_the_names_that_a_reader_knows(seen):
    assert seen("task=digitsum", "model=rnn").reads(torch.tensor([1, 0, 10, 11])) == ["1", "0", "=", "."]
    assert seen("task=countdown", "model=rnn").reads(torch.tensor([12, 3])) == ["12", "3"]
    assert seen("task=binaryaddition", "model=rnn").reads(torch.tensor([[1.0, 0.0], [0.5, 1.0]])) == ["1 0", "0.5 1"]


def test_a_network_is_as_before_with_every_generator_also_where_looking_fails():
    network = Network(nn.Identity(), nn.RNN(2, 3, batch_first=True, dropout=0.5, num_layers=2), 3, 2)
    network.head.eval()  # part of it is not trained
    draw = lambda: (random.random(), float(np.random.random()), torch.rand(()).item())  # noqa: E731
    states = random.getstate(), np.random.get_state(), torch.get_rng_state()
    expected = draw()
    random.setstate(states[0]), np.random.set_state(states[1]), torch.set_rng_state(states[2])
    with pytest.raises(ZeroDivisionError), torch.inference_mode(), undisturbed(network):
        assert not any(module.training for module in network.modules())
        assert not torch.is_inference_mode_enabled() and not torch.is_grad_enabled()
        draw()
        raise ZeroDivisionError
    assert draw() == expected
    assert network.training and network.layer.training and not network.head.training
