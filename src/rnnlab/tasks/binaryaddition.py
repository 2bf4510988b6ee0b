"""Binary addition: two numbers go in bit by bit, their sum comes out bit by bit."""

from decimal import Decimal

import torch
from torch import Generator, Tensor

from rnnlab.batch import IGNORE, Batch, label_each_step
from rnnlab.errors import InputError, one_of, whole
from rnnlab.tasks.task import Task

LISTED = 8
"""The most bits per operand for which all 4^bits pairs are listed."""


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

    num_classes = 2

    def __init__(self, encoding: str = "scalar"):
        self.symbols = one_of("encoding", encoding, ["scalar", "one_hot"]) == "one_hot"
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
        bits = torch.stack([inputs % 2, inputs // 2], 1) if self.symbols else inputs.long()  # (T, 2)
        columns = torch.column_stack([bits, targets])[targets != IGNORE].flip(0).T.tolist()  # most significant first
        a, b, total = (Decimal(int("".join(map(str, column)), 2)) for column in columns)
        return f"{a} + {b} = {total}"

    def add(self, bits: Tensor) -> Batch:
        """The batch of (B, length, 2) operand bits, least significant first.

        A carry comes in from the last place below where both bits agree, and is that bit: two ones make a carry,
        two zeros stop one, and any other place passes on what comes in.
        """
        a, b = torch.cat([bits, bits.new_zeros(len(bits), 1, 2)], 1).unbind(2)  # each (B, T)
        place = torch.arange(a.shape[1]).expand_as(a)
        agreed = torch.where(a == b, place, -1).cummax(1).values[:, :-1]  # (B, T - 1)
        carry = torch.zeros_like(a)
        carry[:, 1:] = torch.where(agreed < 0, 0, a.gather(1, agreed.clamp(min=0)))
        inputs = a + 2 * b if self.symbols else torch.stack([a, b], 2).float()
        return label_each_step(inputs, (a + b + carry) % 2)
