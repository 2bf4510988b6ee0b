"""One step at a time, as a text is written, where each step waits for the symbol before."""

import torch
from torch import Tensor
from torch.nn import functional

from rnnlab.layers.twins import twin
from rnnlab.network import Network, State


class Steps:
    """Symbols (B,) -> logits (B, V), one step after another, from the state that reading a prompt has left.

    torch.nn's layers are made for whole sequences and spend most of a single step on other things than arithmetic. So
    their twins' equations are run on the same weights, and W_ih x + b_ih of a symbol is looked up, not computed. All
    other layers get sequences of one step.
    """

    def __init__(self, network: Network, state: State):
        self.network, self.state = network, state
        self.twin = twin(network.layer) if isinstance(network, Network) else None
        if self.twin:
            parts = state if isinstance(state, tuple) else (state,)
            self.states = [tuple(part[index] for part in parts) for index in range(len(parts[0]))]  # of each layer
            names = ("weight_ih", "bias_ih", "weight_hh", "bias_hh")
            self.weights = [
                [getattr(network.layer, f"{name}_l{index}", None) for name in names] for index in range(len(parts[0]))
            ]
            symbols = torch.arange(network.encoder.num_embeddings, device=parts[0].device)
            every = network.encoder(symbols).to(parts[0].dtype)  # (V, F)
            self.driven = functional.linear(every, *self.weights[0][:2])  # (V, gates H)

    def __call__(self, symbols: Tensor) -> Tensor:
        if not self.twin:
            logits, self.state = self.network(symbols.unsqueeze(1), self.state)
            return logits[:, 0]
        y = None
        for index, (w_ih, b_ih, w_hh, b_hh) in enumerate(self.weights):
            now = self.states[index]
            driven = functional.embedding(symbols, self.driven) if y is None else functional.linear(y, w_ih, b_ih)
            self.states[index], _ = self.twin.step(driven, functional.linear(now[0], w_hh, b_hh), now)
            y = self.states[index][0]
        return self.network.head(y)
