"""One step at a time, as a text is written, where each step waits for the symbol before."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from rnnlab.layers.cell import Cell
from rnnlab.layers.kernels.products import MANY, hearing, tanh
from rnnlab.layers.kernels.steps import writing
from rnnlab.layers.state import State
from rnnlab.layers.twins import cell_of
from rnnlab.layers.unroll import Open, weights
from rnnlab.network import Network, OneHot


class Steps:
    """Symbols (B,) -> logits (B, V), one step after another, from the state that reading a prompt has left.

    torch.nn's layers are made for whole sequences and spend most of a single step on other things than arithmetic. So
    their cells are run on the same weights, as those of stepwise layers are: W_ih x + b_ih of a symbol is looked up,
    not computed, and what a layer says is multiplied once for both that hear it, itself at the next step and the layer
    above or the head. All other layers get sequences of one step.
    """

    def __init__(self, network: nn.Module, state: State):
        self.network, self.state = network, state
        self.cell: Cell | None = None
        if not isinstance(network, Network):
            return
        layer, encoder = network.layer, network.encoder
        cell = cell_of(layer)
        if cell is None or not isinstance(layer, Open) or not isinstance(encoder, OneHot | nn.Embedding):
            return
        self.cell = cell
        layers, rows, _ = state[0].shape
        self.advance = writing(cell, tanh if rows >= MANY else torch.tanh)
        self.states = [tuple(part[index] for part in state) for index in range(layers)]
        symbols = torch.arange(encoder.num_embeddings, device=state[0].device)
        every = encoder(symbols).to(state[0].dtype)  # (V, F)
        each = [weights(layer, index) for index in range(layers)]  # W_ih, W_hh, b_ih, b_hh
        self.driven = functional.linear(every, each[0][0], each[0][2])  # (V, gates H)
        above = [*((w_ih, b_ih) for w_ih, _, b_ih, _ in each[1:]), (network.head.weight, network.head.bias)]
        self.hear = [hearing((w_hh, b_hh), hears, rows) for (_, w_hh, _, b_hh), hears in zip(each, above, strict=True)]
        self.recurrent = [hear(now[0])[0] for hear, now in zip(self.hear, self.states, strict=True)]

    def __call__(self, symbols: Tensor) -> Tensor:
        if self.cell is None:
            logits, self.state = self.network(symbols.unsqueeze(1), self.state)
            return logits[:, 0]
        heard = functional.embedding(symbols, self.driven)
        for index, hear in enumerate(self.hear):
            self.states[index] = self.advance(heard, self.recurrent[index], self.states[index])
            self.recurrent[index], heard = hear(self.states[index][0])
        return heard
