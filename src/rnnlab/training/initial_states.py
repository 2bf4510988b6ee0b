"""Where rows start in training: from zeros, or from where other rows ended, so that a network learns to begin anew."""

import torch

from rnnlab.layers.state import State, rows


def borrowed(ended: State | None, count: int, share: float) -> State | None:
    """States (layers, B, H) for `count` rows to start from: with chance `share` a random row of `ended`, else zeros.

    None, for zeros everywhere, where nothing has ended yet.
    """
    if ended is None:
        return None
    device = ended[0].device
    donor = torch.randint(ended[0].shape[1], (count,), device=device)
    takes = (torch.rand(count, device=device) < share).unsqueeze(1)  # (B, 1)
    return tuple(torch.where(takes, part, 0.0) for part in rows(ended, donor))
