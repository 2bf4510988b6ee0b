"""Writing: what the network says is fed back to it, its state carried, so every symbol costs the same.

`choose` picks the next symbols, (B, V) logits -> (B,): `greedy`, or what `sampler` makes.
"""

import functools
from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Generator, Tensor

from rnnlab.batch import IGNORE
from rnnlab.inference.step import Steps
from rnnlab.layers.state import State, rows
from rnnlab.network import Network

Choose = Callable[[Tensor], Tensor]

STEPS = 1 << 16
"""Steps of all rows together that are read at once, so that a prompt of any length fits into memory."""

COLD = 1e-6
"""Below this temperature float32 tells no two logits apart that it does not also order."""

BLOCK = 256
"""Random numbers of a row that are drawn at once."""

greedy: Choose = functools.partial(torch.argmax, dim=1)


def read(network: Network, inputs: Tensor, state: State | None = None) -> Iterator[tuple[Tensor, State]]:
    """Reads (B, T) or (B, T, F) inputs in pieces of time: the logits (B, t, V) of each, and the state after it."""
    for piece in inputs.split(max(1, STEPS // len(inputs)), 1):
        logits, state = network(piece, state)
        yield logits, state


@torch.inference_mode()
def answer(network: Network, inputs: Tensor) -> Tensor:
    """What the network says at every step of (B, T) or (B, T, F) inputs: (B, T) classes."""
    return torch.cat([logits.argmax(2) for logits, _ in read(network, inputs)], 1)


def stream(network: Network, prompt: Tensor, choose: Choose = greedy, state: State | None = None) -> Iterator[Tensor]:
    """Endless continuation of (B, P) prompt ids: (B,) symbols, one step after another."""
    with torch.inference_mode():
        for logits, after in read(network, prompt, state):  # noqa: B007 - what the last piece leaves
            last = logits[:, -1]
        step, symbol = Steps(network, after), choose(last)  # (B,)
    while True:
        yield symbol
        with torch.inference_mode():  # not around the yield, where it costs as much as a small network's step
            symbol = choose(step(symbol))


def generate(
    network: Network, prompt: Tensor, steps: int, end: int | None = None, state: State | None = None
) -> Tensor:
    """Greedy continuation: (B, P) prompt ids -> (B, A) answer ids, A at most `steps`.

    A row stops after `end`; what would follow it is IGNORE, as in targets.
    """
    symbols = stream(network, prompt, state=state)
    written: list[Tensor] = []
    ended = torch.zeros(len(prompt), dtype=torch.bool, device=prompt.device)
    while len(written) < steps and not bool(ended.all()):
        symbol = next(symbols)
        written.append(symbol.masked_fill(ended, IGNORE))
        if end is not None:
            ended = ended | (symbol == end)
    return torch.stack(written, 1) if written else prompt.new_zeros(len(prompt), 0)


def sampler(
    generators: Sequence[Generator], temperature: float = 1.0, top_k: int | None = None, top_p: float | None = None
) -> Choose:
    """Draws symbols from softmax(logits / temperature), cut to the likeliest; temperature 0 (below COLD) is `greedy`.

    generators: one for each row, so that what a row draws does not depend on how many others there are.
    top_k: only the k likeliest. top_p: only the fewest likeliest whose probabilities (after the temperature and
        top_k) add up to p, so always one at least (nucleus sampling; Holtzman et al., 2020).
    """
    if temperature < COLD:
        return greedy
    drawn = shares(generators)

    def choose(logits: Tensor) -> Tensor:
        if temperature != 1:
            logits = logits / temperature
        if top_k is None and top_p is None:
            return draw(torch.softmax(logits, 1), next(drawn))
        kept, symbols = logits.topk(min(top_k or logits.shape[1], logits.shape[1]), 1)  # likeliest first
        chances = torch.softmax(kept, 1)
        if top_p is not None:
            before = chances.cumsum(1) - chances  # of all the likelier ones
            chances = chances.masked_fill((before >= top_p) & (before > 0), 0.0)
        return symbols.gather(1, draw(chances, next(drawn)).unsqueeze(1)).squeeze(1)

    return choose


def shares(generators: Sequence[Generator]) -> Iterator[Tensor]:
    """Endless uniform numbers in (0, 1], (B, 1) at a time, each row's from its own generator."""
    while True:  # in blocks, as one call of a generator costs as much as many numbers
        block = torch.stack([torch.rand(BLOCK, 1, generator=generator) for generator in generators], 1)
        yield from (1 - block).unbind()


def draw(chances: Tensor, share: Tensor) -> Tensor:
    """(B,) classes from (B, V) chances of any sum: where their running sum reaches the share (B, 1) of the whole.

    As no share is 0, a class of chance 0 is never drawn. torch.multinomial needs V random numbers a row for the same.
    """
    reached = chances.cumsum(1)
    return torch.searchsorted(reached, share * reached[:, -1:]).squeeze(1)


@torch.inference_mode()
def beam(network: Network, prompt: Tensor, steps: int, width: int) -> tuple[Tensor, Tensor]:
    """The `width` likeliest continuations that a beam search finds: (1, P) prompt -> ids (W, steps), nats (W,).

    At every step each kept text is continued by every symbol, and the `width` likeliest are kept, best first.
    nats: log probability of the continuation. There are fewer texts while there are fewer continuations.
    """
    for logits, state in read(network, prompt):  # noqa: B007 - what the last piece leaves
        last = logits[:, -1]
    texts, nats = prompt.new_zeros(1, 0), last.new_zeros(1)
    for step in range(steps):
        chances = nats.unsqueeze(1) + last.log_softmax(1)  # (W, V)
        nats, place = chances.flatten().topk(min(width, chances.numel()))
        row, symbol = place // chances.shape[1], place % chances.shape[1]
        texts = torch.cat([texts[row], symbol.unsqueeze(1)], 1)
        if step + 1 < steps:
            logits, state = network(symbol.unsqueeze(1), rows(state, row))
            last = logits[:, 0]
    return texts, nats
