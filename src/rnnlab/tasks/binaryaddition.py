"""Binary addition: two numbers go in bit by bit, their sum comes out bit by bit."""

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Literal

import torch
from torch import Generator, Tensor

from rnnlab.batch import IGNORE, Batch, label_each_step
from rnnlab.errors import InputError, checked, whole
from rnnlab.tasks.machine import Machine
from rnnlab.tasks.task import Task

LISTED = 8
"""The most bits per operand for which all 4^bits pairs are listed."""


PIECE = 1 << 17
"""Steps of all rows together that are made at once."""

ADVERSARIES: dict[str, Callable[[Tensor, int], list[Tensor]]] = {
    "carry end to end": lambda place, length: [place >= 0, place == 0],
    "idle, then carry": lambda place, length: [place >= length // 2, place == length // 2],
    "alternating carries": lambda place, length: [place % 2 == 0, place % 2 == 0],
    "zeros": lambda place, length: [place < 0, place < 0],
}
"""Name -> the two operands' bits at each place of a length. Random bits never carry further than some twenty places."""


class BinaryAddition(Task):
    """Many-to-many, aligned: one bit of each operand per step, least significant first, asks for that bit of the sum.

    9 + 60 = 69, with operands of 6 bits:
    inputs  a 1 0 0 1 0 0 0
            b 0 0 1 1 1 1 0
    targets   1 0 1 0 0 0 1
    `length` is the operands' length in bits; a last step of two zeros lets the carry out, so T = length + 1 and
    the sum is exact at any length: it is found bit by bit, never as a machine integer.

    encoding: `scalar` gives the two bits as features (B, T, 2); `one_hot` gives one symbol of four, a + 2 b, (B, T).
    """

    answer = "each_step"
    num_classes = 2

    @checked
    def __init__(self, encoding: Literal["scalar", "one_hot"] = "scalar"):
        self.symbols = encoding == "one_hot"
        self.num_inputs = 4 if self.symbols else 2

    def batch(self, size: int, length: int, generator: Generator) -> Batch:
        return self.add(torch.randint(2, (size, whole("length", length, 1), 2), generator=generator))

    def every(self, length: int) -> Batch:
        whole("length", length, 1, LISTED)
        pairs = torch.arange(4**length).unsqueeze(1) // 2 ** torch.arange(2 * length) % 2  # (4^length, 2 length)
        return self.add(pairs.view(-1, 2, length).transpose(1, 2))

    def parse(self, text: str) -> Batch:
        numbers = text.replace(" ", "").split("+")
        if len(numbers) != 2 or not all(number.isascii() and number.isdigit() for number in numbers):
            raise InputError("not an addition", "two whole numbers of at least 0 like 9+60", "input", repr(text))
        operands = [f"{int(Decimal(number)):b}" for number in numbers]  # Decimal: int refuses over 4,300 digits
        places = max(map(len, operands))
        return self.add(torch.tensor([[int(bit) for bit in bits.zfill(places)[::-1]] for bits in operands]).T[None])

    def show(self, inputs: Tensor, targets: Tensor) -> str:
        columns = (
            torch.column_stack([self._bits(inputs), targets])[targets != IGNORE].flip(0).T.tolist()
        )  # most significant first
        a, b, total = (Decimal(int("".join(map(str, column)), 2)) for column in columns)
        return f"{a} + {b} = {total}"

    def explain(self, inputs: Tensor, targets: Tensor) -> str:
        """The sum on paper: operands and answer in bits, most significant first."""
        columns = torch.column_stack([self._bits(inputs), targets])[targets != IGNORE].flip(0).T.tolist()
        return "\n".join(f"{sign} {''.join(map(str, row))}" for sign, row in zip(" +=", columns, strict=True))

    def quantities(self, batch: Batch) -> dict[str, Tensor]:
        """`carry`: 0 or 1, what the places so far hand on to the next. `sum bit`: the bit that is asked now."""
        a, b = self._bits(batch.inputs).unbind(2)
        carry_in = (a + b + batch.targets) % 2
        return {"carry": (a + b + carry_in) // 2, "sum bit": batch.targets}

    def exchanged(self, name: str, batch: Batch, donor: Batch, step: int) -> Batch:
        if name != "carry" or step + 1 >= batch.inputs.shape[1]:
            return super().exchanged(name, batch, donor, step)
        rest, _ = self._add(self._bits(batch.inputs)[:, step + 1 :], self.quantities(donor)["carry"][:, step])
        return Batch(batch.inputs, torch.cat([batch.targets[:, : step + 1], rest.targets], 1))

    def machine(self) -> Machine:
        """The adder: two states, whether a carry comes in, and four symbols, a + 2 b."""
        pairs = [(a, b) for b in (0, 1) for a in (0, 1)]
        return Machine(
            names=("no carry", "carry"),
            start=0,
            inputs=tuple(range(4)) if self.symbols else tuple((float(a), float(b)) for a, b in pairs),
            transitions=tuple(tuple((a + b + carry) // 2 for a, b in pairs) for carry in (0, 1)),
            outputs=tuple(tuple((a + b + carry) % 2 for a, b in pairs) for carry in (0, 1)),
        )

    def pieces(self, size: int, length: int, generator: Generator) -> Iterator[Batch]:
        whole("length", length, 1)
        return self._pieces(size, length, lambda place: torch.randint(2, (size, len(place), 2), generator=generator))

    def adversarial(self, length: int) -> dict[str, Iterable[Batch]]:
        """One carry from end to end, a long idle stretch and then endless carry, alternating carries, zeros.

        Two rows each: as they are, and with the operands exchanged.
        """
        whole("length", length, 1)
        return {name: self._pieces(2, length, _both_ways(bits, length)) for name, bits in ADVERSARIES.items()}

    def _bits(self, inputs: Tensor) -> Tensor:
        """The two operands' bits (..., 2) of inputs in either encoding."""
        return torch.stack([inputs % 2, inputs // 2], -1) if self.symbols else inputs.long()

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

        A carry comes in from the last place below where both bits agree, and is that bit: two ones make a carry,
        two zeros stop one, and any other place passes on what comes in.
        """
        a, b = bits.unbind(2)  # each (B, T)
        place = torch.arange(a.shape[1]).expand_as(a)
        agreed = torch.where(a == b, place, -1).cummax(1).values
        out = torch.where(agreed < 0, carried.unsqueeze(1), a.gather(1, agreed.clamp(min=0)))
        carry = torch.cat([carried.unsqueeze(1), out[:, :-1]], 1)
        inputs = a + 2 * b if self.symbols else bits.float()
        return label_each_step(inputs, (a + b + carry) % 2), out[:, -1]


def _both_ways(bits: Callable[[Tensor, int], list[Tensor]], length: int) -> Callable[[Tensor], Tensor]:
    """(t,) places -> (2, t, 2) bits: the operands, and the operands exchanged."""

    def rows(place: Tensor) -> Tensor:
        pair = torch.stack(bits(place, length), 1).long()
        return torch.stack([pair, pair.flip(1)])

    return rows
