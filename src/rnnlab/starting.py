"""Where rows start in training: from zeros, or from where other rows ended, so that a network learns to begin anew."""

import torch

from rnnlab.network import State


def borrowed(ended: State | None, rows: int, share: float) -> State | None:
    """States (layers, rows, H) to start from: with chance `share` a random row of `ended`, otherwise zeros.

    None, for zeros everywhere, where nothing has ended yet.
    """
    if ended is None:
        return None
    parts = ended if isinstance(ended, tuple) else (ended,)
    device = parts[0].device
    donor = torch.randint(parts[0].shape[1], (rows,), device=device)
    takes = (torch.rand(rows, device=device) < share).unsqueeze(1)  # (rows, 1)
    states = tuple(torch.where(takes, part[:, donor], 0.0) for part in parts)
    return states if isinstance(ended, tuple) else states[0]
