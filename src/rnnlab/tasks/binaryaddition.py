"""Addition: two numbers go in bit by bit, or digit by digit, and so their sum comes out."""

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Literal

import torch
from torch import Generator, Tensor

from rnnlab.batch import IGNORE, Batch, label_each_step
from rnnlab.errors import InputError, checked, whole
from rnnlab.tasks.machine import Machine
from rnnlab.tasks.task import Task

LISTED = {2: 8, 10: 2}
"""Base -> the most places per operand for which all pairs of numbers are listed."""


PIECE = 1 << 17
"""Steps of all rows together that are made at once."""

ADVERSARIES: dict[str, Callable[[Tensor, int], list[Tensor]]] = {
    "carry end to end": lambda place, length: [place >= 0, place == 0],
    "idle, then carry": lambda place, length: [place >= length // 2, place == length // 2],
    "alternating carries": lambda place, length: [place % 2 == 0, place % 2 == 0],
    "zeros": lambda place, length: [place < 0, place < 0],
}
"""Name -> the two operands at each place of a length, 1 where the first has its highest digit and the second has a 1.

Random bits never carry further than some twenty places.
"""


class BinaryAddition(Task):
    """Many-to-many, aligned: one bit of each operand per step, least significant first, asks for that bit of the sum.

    9 + 60 = 69, with operands of 6 bits:
    inputs  a 1 0 0 1 0 0 0
            b 0 0 1 1 1 1 0
    targets   1 0 1 0 0 0 1
    `length` is the operands' length in bits; a last step of two zeros lets the carry out, so T = length + 1 and
    the sum is exact at any length: it is found bit by bit, never as a machine integer.

    encoding: `scalar` gives the two bits as features (B, T, 2); `one_hot` gives one symbol of four, a + 2 b, (B, T).
    base: 10 adds decimal digits in the same way; the features are then ninths, and the symbols a + 10 b.
    """

    answer = "each_step"

    @checked
    def __init__(self, encoding: Literal["scalar", "one_hot"] = "scalar", base: Literal[2, 10] = 2):
        self.symbols, self.base = encoding == "one_hot", base
        self.num_inputs = base**2 if self.symbols else 2
        self.num_classes = base

    def batch(self, size: int, length: int, generator: Generator) -> Batch:
        return self.add(torch.randint(self.base, (size, whole("length", length, 1), 2), generator=generator))

    def every(self, length: int) -> Batch:
        whole("length", length, 1, LISTED[self.base])
        places = self.base ** torch.arange(2 * length)
        pairs = torch.arange(self.base ** (2 * length)).unsqueeze(1) // places % self.base  # (.., 2 length)
        return self.add(pairs.view(-1, 2, length).transpose(1, 2))

    def parse(self, text: str) -> Batch:
        numbers = text.replace(" ", "").split("+")
        if len(numbers) != 2 or not all(number.isascii() and number.isdigit() for number in numbers):
            raise InputError("not an addition", "two whole numbers of at least 0 like 9+60", "input", repr(text))
        if self.base == 2:
            numbers = [f"{int(Decimal(number)):b}" for number in numbers]  # Decimal: int refuses over 4,300 digits
        places = max(map(len, numbers))
        return self.add(torch.tensor([[int(bit) for bit in bits.zfill(places)[::-1]] for bits in numbers]).T[None])

    def show(self, inputs: Tensor, targets: Tensor) -> str:
        columns = (
            torch.column_stack([self._bits(inputs), targets])[targets != IGNORE].flip(0).T.tolist()
        )  # most significant first
        digits = ["".join(map(str, column)) for column in columns]
        if self.base == 2:
            digits = [f"{Decimal(int(column, 2))}" for column in digits]
        a, b, total = (column.lstrip("0") or "0" for column in digits)
        return f"{a} + {b} = {total}"

    def explain(self, inputs: Tensor, targets: Tensor) -> str:
        """The sum on paper: operands and answer, most significant place first."""
        columns = torch.column_stack([self._bits(inputs), targets])[targets != IGNORE].flip(0).T.tolist()
        return "\n".join(f"{sign} {''.join(map(str, row))}" for sign, row in zip(" +=", columns, strict=True))

    def quantities(self, batch: Batch) -> dict[str, Tensor]:
        """`carry`: 0 or 1, what the places so far hand on to the next. `sum bit`, or digit: what is asked now."""
        a, b = self._bits(batch.inputs).unbind(2)
        carry_in = (batch.targets - a - b) % self.base
        return {"carry": (a + b + carry_in) // self.base, f"sum {'bit' if self.base == 2 else 'digit'}": batch.targets}

    def exchanged(self, name: str, batch: Batch, donor: Batch, step: int) -> Batch:
        if name != "carry" or step + 1 >= batch.inputs.shape[1]:
            return super().exchanged(name, batch, donor, step)
        rest, _ = self._add(self._bits(batch.inputs)[:, step + 1 :], self.quantities(donor)["carry"][:, step])
        return Batch(batch.inputs, torch.cat([batch.targets[:, : step + 1], rest.targets], 1))

    def machine(self) -> Machine:
        """The adder: two states, whether a carry comes in, and a symbol for each pair of digits, a + base b."""
        pairs = [(a, b) for b in range(self.base) for a in range(self.base)]
        given = self._given(torch.tensor(pairs)).tolist()
        return Machine(
            names=("no carry", "carry"),
            start=0,
            inputs=tuple(given if self.symbols else map(tuple, given)),
            transitions=tuple(tuple((a + b + carry) // self.base for a, b in pairs) for carry in (0, 1)),
            outputs=tuple(tuple((a + b + carry) % self.base for a, b in pairs) for carry in (0, 1)),
        )

    def pieces(self, size: int, length: int, generator: Generator) -> Iterator[Batch]:
        whole("length", length, 1)
        draw = (size, length)
        return self._pieces(*draw, lambda place: torch.randint(self.base, (size, len(place), 2), generator=generator))

    def adversarial(self, length: int) -> dict[str, Iterable[Batch]]:
        """One carry from end to end, a long idle stretch and then endless carry, alternating carries, zeros.

        Two rows each: as they are, and with the operands exchanged.
        """
        whole("length", length, 1)
        highest = self.base - 1
        return {name: self._pieces(2, length, _both_ways(bits, length, highest)) for name, bits in ADVERSARIES.items()}

    def _bits(self, inputs: Tensor) -> Tensor:
        """The two operands' bits, or digits, (..., 2) of inputs in either encoding."""
        if self.symbols:
            return torch.stack([inputs % self.base, inputs // self.base], -1)
        return (inputs * (self.base - 1)).round().long()

    def _given(self, bits: Tensor) -> Tensor:
        """What the network is given of the two operands' bits (..., 2)."""
        return bits[..., 0] + self.base * bits[..., 1] if self.symbols else bits / (self.base - 1)

    def add(self, bits: Tensor) -> Batch:
        """The batch of (B, length, 2) operand bits, least significant first."""
        return self._add(torch.cat([bits, bits.new_zeros(len(bits), 1, 2)], 1), bits.new_zeros(len(bits)))[0]

    def _pieces(self, size: int, length: int, bits: Callable[[Tensor], Tensor]) -> Iterator[Batch]:
        """Examples of `length` in pieces; `bits` gives those of some places, (t,) -> (B, t, 2)."""
        carried = torch.zeros(size, dtype=torch.int64)
        steps = max(1, PIECE // size)
        for start in range(0, length + 1, steps):
            place = torch.arange(start, min(start + steps, length + 1))
            batch, carried = self._add(bits(place) * (place < length).unsqueeze(1), carried)
            yield batch

    def _add(self, bits: Tensor, carried: Tensor) -> tuple[Batch, Tensor]:
        """The batch of (B, T, 2) bits and the carry out of it, given the carry into it, (B,).

        A carry comes in from the last place below that makes one, because both bits together are 2 or more, or that
        stops one, because they are 0; where they are 1, a place passes on what comes in. In base 10: 10, 8 and 9.
        """
        a, b = bits.unbind(2)  # each (B, T)
        place = torch.arange(a.shape[1]).expand_as(a)
        decided = torch.where(a + b != self.base - 1, place, -1).cummax(1).values
        made = (a + b >= self.base).long().gather(1, decided.clamp(min=0))
        out = torch.where(decided < 0, carried.unsqueeze(1), made)
        carry = torch.cat([carried.unsqueeze(1), out[:, :-1]], 1)
        return label_each_step(self._given(bits), (a + b + carry) % self.base), out[:, -1]


def _both_ways(bits: Callable[[Tensor, int], list[Tensor]], length: int, highest: int) -> Callable[[Tensor], Tensor]:
    """(t,) places -> (2, t, 2) bits, or digits up to the highest: the operands, and the operands exchanged."""

    def rows(place: Tensor) -> Tensor:
        pair = torch.stack(bits(place, length), 1) * torch.tensor([highest, 1])
        return torch.stack([pair, pair.flip(1)])

    return rows
