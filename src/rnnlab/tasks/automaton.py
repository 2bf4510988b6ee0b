"""Any finite machine as a task: its states, transitions and outputs stand in a yaml; nothing has to be programmed."""

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Annotated

import torch
from torch import Generator, Tensor

from rnnlab.batch import IGNORE, Batch, label_each_step
from rnnlab.errors import InputError, checked, nearest, whole
from rnnlab.tasks.machine import Machine
from rnnlab.tasks.task import Task

LISTED = 65_536
"""The most words of a length that are listed."""

PIECE = 1 << 17
"""Steps of all rows together that are made at once."""

KINDS = 32
"""Rows of an adversarial kind, at most: a machine may read thousands of symbols."""

Read = Callable[[Tensor, Tensor], tuple[Batch, Tensor]]
"""(t,) places of words and (B,) states before them -> the batch of these places, (B, t), and the states after each."""

Words = str | int
Rows = Annotated[
    dict[str, Words], "words by state, like {even: even odd, odd: odd even}; numbers, yes and no in quotes"
]


class Automaton(Task):
    """Many-to-many, aligned: a word goes in symbol by symbol, and at each step what the machine says is asked.

    alphabet: all symbols, with spaces between; where each is one character, words of them are typed without.
    start: the state before the first symbol.
    transitions: of each state, which one follows each symbol.
    outputs: of each state, what is said on reading each symbol in it; or, of all, one word, said on reaching the state.

    Is the number of ones odd? `alphabet: 0 1`, `start: even`, `transitions: {even: even odd, odd: odd even}`,
    `outputs: {even: even, odd: odd}`; the classes are numbered as `outputs` names them.
    inputs  1 0 1 1
    targets 1 1 0 1
    `length` is that of the word. Half of the words are uniformly random; the others keep out of traps, states that are
    never left, throughout or up to a random step: of a machine that rejects whatever begins wrong, few would be right.
    """

    answer = "each_step"

    @checked
    def __init__(self, alphabet: Words, start: str, transitions: Rows, outputs: Rows):
        self.alphabet = str(alphabet).split()
        if len(set(self.alphabet)) < max(2, len(self.alphabet)):
            raise InputError("not two different symbols or more", "like 0 1, with spaces between", "alphabet", alphabet)
        if start not in transitions:
            raise InputError("no state", nearest(start, transitions), "start", start)
        if outputs.keys() != transitions.keys():
            allowed = f"outputs of {', '.join(transitions)}"
            raise InputError("not of the same states", allowed, "outputs", ", ".join(outputs))
        self.num_inputs = len(self.alphabet)
        on_reaching = all(len(str(row).split()) == 1 for row in outputs.values())
        said = {state: str(row).split() for state, row in outputs.items()}
        self.classes = list(dict.fromkeys(word for state in transitions for word in said[state]))
        self.num_classes = len(self.classes)
        places = {state: place for place, state in enumerate(transitions)}
        follows = {state: self._row("transitions", state, row) for state, row in transitions.items()}
        for state, row in follows.items():
            if unknown := sorted(set(row) - places.keys()):
                allowed = nearest(unknown[0], places)
                raise InputError(f"{unknown[0]} is no state", allowed, f"transitions.{state}", transitions[state])
        answers = {
            state: [said[after][0] for after in row] if on_reaching else self._row("outputs", state, outputs[state])
            for state, row in follows.items()
        }
        self._machine = Machine(
            tuple(places),
            places[start],
            tuple(range(self.num_inputs)),
            tuple(tuple(places[after] for after in row) for row in follows.values()),
            tuple(tuple(map(self.classes.index, row)) for row in answers.values()),
        )
        self.next, self.says = torch.tensor(self._machine.transitions), torch.tensor(self._machine.outputs)  # (S, n)
        traps = (self.next == torch.arange(len(places)).unsqueeze(1)).all(1)
        self.harmless = ~traps[self.next]  # (S, n): the symbols that lead into none
        self.harmless[~self.harmless.any(1)] = True

    def _row(self, key: str, state: str, row: Words) -> list[str]:
        words = str(row).split()
        if len(words) != self.num_inputs:
            allowed = f"{self.num_inputs}, one for each of {' '.join(self.alphabet)}"
            raise InputError(f"{len(words)} words", allowed, f"{key}.{state}", row)
        return words

    def machine(self) -> Machine:
        return self._machine

    def batch(self, size: int, length: int, generator: Generator) -> Batch:
        return self._drawn(size, whole("length", length, 1), generator)(torch.arange(length), self._begun(size))[0]

    def every(self, length: int) -> Batch:
        whole("length", length, 1, int(math.log(LISTED, self.num_inputs) + 1e-9))
        words = torch.arange(self.num_inputs**length).unsqueeze(1) // self.num_inputs ** torch.arange(length)
        return self._read(words % self.num_inputs, self._begun(len(words)))[0]

    def parse(self, text: str) -> Batch:
        spaced = any(len(symbol) > 1 for symbol in self.alphabet)
        word = text.split() if spaced else list("".join(text.split()))
        if not word or set(word) - set(self.alphabet):
            allowed = f"one or more of {' '.join(self.alphabet)}{', with spaces between' if spaced else ''}"
            raise InputError("not a word of the symbols", allowed, "input", repr(text))
        return self._read(torch.tensor([[self.alphabet.index(symbol) for symbol in word]]), self._begun(1))[0]

    def show(self, inputs: Tensor, targets: Tensor) -> str:
        asked = targets != IGNORE
        between = " " if any(len(symbol) > 1 for symbol in self.alphabet) else ""
        word = between.join(map(self.spelled, inputs[asked].tolist()))
        return f"{word}: {' '.join(map(self.label, targets[asked].tolist()))}"

    def explain(self, inputs: Tensor, targets: Tensor) -> str:
        """The states that the word leads through."""
        states, _ = self._machine.run(inputs[targets != IGNORE].tolist())
        return " -> ".join(self._machine.names[state] for state in [self._machine.start, *states])

    def spelled(self, symbol: int) -> str:
        return self.alphabet[symbol]

    def label(self, target: int) -> str:
        return self.classes[target]

    def quantities(self, batch: Batch) -> dict[str, Tensor]:
        """`state`: that of the machine after each step, numbered as in the yaml."""
        _, states = self._read(batch.inputs, self._begun(len(batch.inputs)))
        return {"state": states.masked_fill(~batch.asked(), IGNORE)}

    def exchanged(self, name: str, batch: Batch, donor: Batch, step: int) -> Batch:
        if name != "state" or step + 1 >= batch.inputs.shape[1]:
            return super().exchanged(name, batch, donor, step)
        rest, _ = self._read(batch.inputs[:, step + 1 :], self.quantities(donor)["state"][:, step])
        later = rest.targets.masked_fill(~batch.asked()[:, step + 1 :], IGNORE)
        return Batch(batch.inputs, torch.cat([batch.targets[:, : step + 1], later], 1))

    def pieces(self, size: int, length: int, generator: Generator) -> Iterator[Batch]:
        return self._pieces(size, whole("length", length, 1), self._drawn(size, length, generator))

    def adversarial(self, length: int) -> dict[str, Iterable[Batch]]:
        """One symbol throughout, and two neighbouring ones in turn: a row for each symbol that begins."""
        whole("length", length, 1)
        first = torch.arange(min(self.num_inputs, KINDS)).unsqueeze(1)  # (rows, 1)

        def rows(moves: int) -> Iterator[Batch]:
            def read(place: Tensor, begun: Tensor) -> tuple[Batch, Tensor]:
                return self._read((first + moves * (place % 2)) % self.num_inputs, begun)

            return self._pieces(len(first), length, read)

        return {"one symbol throughout": rows(0), "two symbols in turn": rows(1)}

    def _begun(self, size: int) -> Tensor:
        """(B,) start states."""
        return torch.full((size,), self._machine.start)

    def _pieces(self, size: int, length: int, read: Read) -> Iterator[Batch]:
        """Examples of `length` in pieces; `read` makes those of some places (t,), given the states before, (B,)."""
        state, steps = self._begun(size), max(1, PIECE // size)
        for start in range(0, length, steps):
            batch, states = read(torch.arange(start, min(start + steps, length)), state)
            state = states[:, -1]
            yield batch

    def _read(self, symbols: Tensor, state: Tensor) -> tuple[Batch, Tensor]:
        """The batch of (B, T) symbols read from (B,) states on, and the states after each step (B, T)."""
        passed = [state]
        for read in symbols.unbind(1):
            passed.append(self.next[passed[-1], read])
        states = torch.stack(passed, 1)
        return label_each_step(symbols, self.says[states[:, :-1], symbols]), states[:, 1:]

    def _drawn(self, size: int, length: int, generator: Generator) -> Read:
        """What reads random words of `length`, some places at a time."""
        careful = torch.randint(4 * length, (size,), generator=generator) - 2 * length  # so many steps of each row
        count = self.harmless.sum(1)  # (S,)
        order = (~self.harmless).long().argsort(stable=True)  # (S, n), the harmless symbols first

        def read(place: Tensor, begun: Tensor) -> tuple[Batch, Tensor]:
            chance = torch.rand(size, len(place), generator=generator, dtype=torch.float64)
            symbols = (chance * self.num_inputs).long()  # (B, t)
            state = begun
            for step in range(len(place) if (count < self.num_inputs).any() else 0):
                kept = order[state, (chance[:, step] * count[state]).long()]
                symbols[:, step] = torch.where(place[step] < careful, kept, symbols[:, step])
                state = self.next[state, symbols[:, step]]
            return self._read(symbols, begun)

        return read
