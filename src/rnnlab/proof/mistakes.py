"""Words that a network really gets wrong: looked for at random, along words that lead to where a proof failed, and by
following the states that are nearest to a mistake."""

from collections.abc import Iterable

import torch
from torch import Tensor

from rnnlab.layers.state import State, rows
from rnnlab.network import Network
from rnnlab.tasks.machine import Machine

ROWS, STEPS = 256, 512
"""Random words that are read at once, and symbols of each."""

KEPT = 16
"""States nearest to a mistake that are followed, of each state of the machine."""

DEPTH = 100
"""Steps for which they are."""

Word = tuple[int, ...]


class Reader:
    """A network and the machine that it shall be, on words of symbols."""

    def __init__(self, network: Network, machine: Machine):
        self.network, self.machine = network, machine
        self.inputs = torch.tensor(machine.inputs)
        self.transitions, self.outputs = torch.tensor(machine.transitions), torch.tensor(machine.outputs)

    @torch.no_grad()
    def first(self, words: Tensor) -> Word | None:
        """The shortest beginning of one of the words (B, T) at whose last symbol the network is wrong."""
        right, state = [], torch.full((len(words),), self.machine.start)
        for symbol in words.T:
            right.append(self.outputs[state, symbol])
            state = self.transitions[state, symbol]
        said = self.network(self.inputs[words])[0].argmax(2)
        wrong = said != torch.stack(right, 1)
        if not bool(wrong.any()):
            return None
        ends = torch.where(wrong.any(1), wrong.int().argmax(1), words.shape[1])
        row = int(ends.argmin())
        return tuple(words[row, : int(ends[row]) + 1].tolist())

    def random(self, generator: torch.Generator) -> Word | None:
        """As `first`, of random words: of a quarter, all drawn; of the others, many symbols are the same two."""
        symbols = len(self.inputs)
        drawn = torch.randint(symbols, (ROWS, STEPS), generator=generator)
        again = torch.rand(ROWS, STEPS, generator=generator) < torch.arange(ROWS).unsqueeze(1) % 4 * 0.3
        own = torch.randint(symbols, (ROWS, 2), generator=generator)
        few = own.gather(1, torch.randint(2, (ROWS, STEPS), generator=generator))
        return self.first(torch.where(again, few, drawn))

    def after(self, words: Iterable[Word], generator: torch.Generator) -> Word | None:
        """As `first`, of words that begin in these ways and go on at random."""
        for word in words:
            more = torch.randint(len(self.inputs), (ROWS, 64), generator=generator)
            found = self.first(torch.cat([torch.tensor([word]).expand(ROWS, -1), more], 1))
            if found:
                return found
        return None

    @torch.no_grad()
    def nearest(self) -> Word | None:
        """A word to which one is led that always keeps the states whose margins are smallest."""
        symbols = torch.arange(len(self.inputs))
        state: State | None = None
        places, words = torch.tensor([self.machine.start]), torch.empty(1, 0, dtype=torch.int64)
        for _ in range(DEPTH):
            count = len(places)
            before = places.repeat_interleave(len(symbols))
            symbol = symbols.repeat(count)
            spread = None if state is None else rows(state, torch.arange(count).repeat_interleave(len(symbols)))
            said, after = self.network(self.inputs[symbol].unsqueeze(1), spread)
            words = torch.cat([words.repeat_interleave(len(symbols), 0), symbol.unsqueeze(1)], 1)
            right = self.outputs[before, symbol]
            margin = _margins(said[:, 0], right)
            worst = int(margin.argmin())
            if float(margin[worst]) <= 0:
                return tuple(words[worst].tolist())
            places = self.transitions[before, symbol]
            kept = _spread(margin, places, right)
            state, places, words = rows(after, kept), places[kept], words[kept]
        return None

    def shortened(self, word: Word) -> Word:
        """The word with symbols left out, one after another, as long as the network is wrong about it."""
        for at in range(len(word) - 1, -1, -1):
            shorter = word[:at] + word[at + 1 :]
            found = self.first(torch.tensor([shorter])) if shorter else None
            word = found or word
        return word

    @torch.no_grad()
    def said(self, word: Word) -> tuple[int, int]:
        """What the network says after a word, and what is right."""
        said = int(self.network(self.inputs[torch.tensor([word])])[0][0, -1].argmax())
        return said, self.machine.run(word)[1][-1]


def _margins(logits: Tensor, right: Tensor) -> Tensor:
    """(N,) by how much the right one of the logits (N, V) is above the others."""
    own = logits.gather(1, right.unsqueeze(1))
    return (own - logits.scatter(1, right.unsqueeze(1), -torch.inf).amax(1, keepdim=True))[:, 0]


def _spread(margin: Tensor, places: Tensor, right: Tensor) -> Tensor:
    """The rows with the smallest margins of each state of the machine and each answer, half of them; and others."""
    kept = []
    group = places * (int(right.max()) + 1) + right
    for one in group.unique():
        own = (group == one).nonzero()[:, 0]
        ordered = own[margin[own].argsort()]
        first, rest = ordered[: KEPT // 2], ordered[KEPT // 2 :]
        kept += [first, rest[:: max(1, len(rest) * 2 // KEPT)]]
    return torch.cat(kept)
