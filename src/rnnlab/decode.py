"""Writing: the network's answer is fed back until it ends."""

import torch
from torch import Tensor

from rnnlab.batch import IGNORE
from rnnlab.network import Network, State


@torch.inference_mode()
def generate(network: Network, prompt: Tensor, steps: int, end: int = -1, state: State | None = None) -> Tensor:
    """Greedy continuation: (B, P) prompt ids -> (B, A) answer ids, A at most `steps`.

    The state is carried, so a symbol costs the same however long the text is. A row stops after `end`; what would
    follow it is IGNORE, as in targets.
    """
    answer: list[Tensor] = []
    ended = torch.zeros(len(prompt), dtype=torch.bool, device=prompt.device)
    fed = prompt
    while len(answer) < steps and not bool(ended.all()):
        logits, state = network(fed, state)
        symbol = logits[:, -1].argmax(1)  # (B,)
        answer.append(symbol.masked_fill(ended, IGNORE))
        ended = ended | (symbol == end)
        fed = symbol.unsqueeze(1)
    return torch.stack(answer, 1) if answer else prompt.new_zeros(len(prompt), 0)
