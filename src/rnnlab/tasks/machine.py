"""The finite machine that some tasks are: what a network that does such a task on every length has to be, too."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rnnlab.errors import InputError

Table = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Machine:
    """A machine that answers at every step (Mealy, 1955), with states 0..S-1, symbols 0..n-1 and classes 0, 1, ...

    names: of the states.
    start: the state before the first symbol.
    inputs: what a network is given for each symbol, its id or its features.
    transitions: [state][symbol] -> the next state.
    outputs: [state][symbol] -> the class that is right at the step that reads the symbol.

    Raises:
        InputError: for tables of unequal rows, and a state or a class that there cannot be.
    """

    names: tuple[str, ...]
    start: int
    inputs: tuple[tuple[float, ...], ...] | tuple[int, ...]
    transitions: Table
    outputs: Table

    def __post_init__(self) -> None:
        states, symbols = len(self.names), len(self.inputs)
        if not states or len(set(self.names)) < states:
            raise InputError("no names of states", "one or more, each another", "names", list(self.names))
        if not symbols:
            raise InputError("no symbols", "what the network is given for each, one or more", "inputs", [])
        if len({len(one) if isinstance(one, tuple) else None for one in self.inputs}) > 1:
            raise InputError("not the same for all", "ids, or equally many features", "inputs", self.inputs)
        if self.start not in range(states):
            raise InputError("no state", f"0 to {states - 1}", "start", self.start)
        for key, table in (("transitions", self.transitions), ("outputs", self.outputs)):
            if len(table) != states or any(len(row) != symbols for row in table):
                raise InputError("not its size", f"{states} rows of {symbols}, [state][symbol]", key, table)
        if not all(after in range(states) for row in self.transitions for after in row):
            raise InputError("names no state", f"0 to {states - 1}", "transitions", self.transitions)
        if not all(isinstance(said, int) and said >= 0 for row in self.outputs for said in row):
            raise InputError("no classes", "whole numbers of at least 0", "outputs", self.outputs)

    def run(self, word: Iterable[int], state: int | None = None) -> tuple[list[int], list[int]]:
        """The states after each symbol of a word, and the right class at each, from `state` or from the start."""
        state = self.start if state is None else state
        states, said = [], []
        for symbol in word:
            said.append(self.outputs[state][symbol])
            state = self.transitions[state][symbol]
            states.append(state)
        return states, said

    def reached(self) -> dict[int, tuple[int, ...]]:
        """Every state that a word leads to, with a shortest such word; the start first."""
        words: dict[int, tuple[int, ...]] = {self.start: ()}
        waiting = deque(words)
        while waiting:
            state = waiting.popleft()
            for symbol, after in enumerate(self.transitions[state]):
                if after not in words:
                    words[after] = (*words[state], symbol)
                    waiting.append(after)
        return words

    def minimal(self) -> "Machine":
        """The machine with the fewest states that answers every word alike (Moore, 1956): the start is state 0.

        A state has the name of one of those that it stands for.
        """
        reached = list(self.reached())
        group = {state: 0 for state in reached}
        signs: dict[int, Sequence[object]] = {state: self.outputs[state] for state in reached}
        while True:
            known: dict[object, int] = {}
            finer = {state: known.setdefault((group[state], *signs[state]), len(known)) for state in reached}
            if len(known) == len(set(group.values())):
                break
            group = finer
            signs = {state: [group[after] for after in self.transitions[state]] for state in reached}
        one_of = {place: state for state, place in reversed(group.items())}  # of each group its first
        kept = [one_of[place] for place in range(len(one_of))]
        return Machine(
            tuple(self.names[state] for state in kept),
            group[self.start],
            self.inputs,
            tuple(tuple(group[after] for after in self.transitions[state]) for state in kept),
            tuple(self.outputs[state] for state in kept),
        )

    def difference(self, other: "Machine") -> tuple[int, ...] | None:
        """A shortest word at whose last symbol the two machines answer differently; None where there is none.

        Raises:
            InputError: where they do not read the same symbols.
        """
        if len(self.inputs) != len(other.inputs):
            raise InputError("reads other symbols", f"{len(self.inputs)} of them", "inputs", len(other.inputs))
        words: dict[tuple[int, int], tuple[int, ...]] = {(self.start, other.start): ()}
        waiting = deque(words)
        while waiting:
            pair = waiting.popleft()
            one, two = pair
            for symbol in range(len(self.inputs)):
                if self.outputs[one][symbol] != other.outputs[two][symbol]:
                    return (*words[pair], symbol)
                after = (self.transitions[one][symbol], other.transitions[two][symbol])
                if after not in words:
                    words[after] = (*words[pair], symbol)
                    waiting.append(after)
        return None
