"""A network as plain numbers."""

import numpy as np
import pytest
import torch

from made_adders import MACHINE, adder, machine_for
from rnnlab.errors import InputError
from rnnlab.layers.rnn import RNN
from rnnlab.layers.unroll import Stepwise
from rnnlab.network import Network
from rnnlab.proof.plain import plain


def test_weights_are_kept_to_the_bit_and_missing_biases_are_zeros():
    torch.manual_seed(0)
    network = Network(torch.nn.Identity(), torch.nn.LSTM(2, 3, 2, bias=False, batch_first=True), 3, 2)
    made = plain(network, MACHINE)
    assert (made.kind, made.hidden, made.size, made.single) == ("lstm", 3, 12, True)
    assert (made.layers[1].w_hh.astype(np.float32) == network.layer.weight_hh_l1.detach().numpy()).all()
    assert (made.layers[0].b_ih == 0).all() and made.layers[0].b_hh.shape == (12,)


def test_symbols_are_features_one_hot_or_rows_of_an_embedding():
    assert plain(adder(), MACHINE).inputs.tolist() == [[0, 0], [1, 0], [0, 1], [1, 1]]
    machine = machine_for("one hot")
    assert (plain(adder("one hot"), machine).inputs == np.eye(4)).all()
    embedded = Network(torch.nn.Embedding(4, 2), torch.nn.GRU(2, 3, batch_first=True), 3, 2)
    assert (plain(embedded, machine).inputs == embedded.encoder.weight.detach().double().numpy()).all()


class Scan(torch.nn.Module):
    pass


@pytest.mark.parametrize("layer", [Scan(), torch.nn.RNN(2, 65, batch_first=True)])
def test_what_cannot_be_treated_is_refused_in_one_line(layer):
    with pytest.raises(InputError, match=r"^(nothing can be proven about Scan|too large to be proven) \(run=\w+\): "):
        plain(Network(torch.nn.Identity(), layer, 65, 2), MACHINE)


@pytest.mark.parametrize("nonlinearity", ["tanh", "relu", "sigmoid"])
def test_the_nonlinearity_is_known(nonlinearity):
    network = Network(torch.nn.Identity(), Stepwise(RNN(nonlinearity), 2, 3), 3, 2)
    assert plain(network, MACHINE).kind == nonlinearity
