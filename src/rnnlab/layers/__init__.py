"""Layers carry state: `layer(x, state=None) -> (y, state)`, batch first, the signature of torch.nn.LSTM."""
