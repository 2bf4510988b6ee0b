"""Which stepwise layer is the twin of one of torch.nn."""

import torch
from torch import nn

from rnnlab.layers import gru, lstm, rnn


def twin(layer: nn.Module) -> nn.Module | None:
    """The stepwise twin of one of torch.nn's three layers, without weights of its own; None for any other layer."""
    sizes = {
        name: getattr(layer, name, None) for name in ("input_size", "hidden_size", "num_layers", "bias", "dropout")
    }
    with torch.device("meta"):
        if type(layer) is nn.RNN:
            return rnn.RNN(**sizes, nonlinearity=layer.nonlinearity)
        if type(layer) is nn.LSTM:
            return lstm.LSTM(**sizes)
        return gru.GRU(**sizes) if type(layer) is nn.GRU else None
