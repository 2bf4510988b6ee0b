"""Digit sum: read decimal digits, then write the decimal digits of their sum."""

from collections.abc import Iterable, Iterator

import torch
from torch import Generator, Tensor

from rnnlab.batch import IGNORE, Batch, answer_after
from rnnlab.errors import InputError, checked, one_of, whole
from rnnlab.tasks.digit_csv import VOCAB, read_csv
from rnnlab.tasks.task import Task
from rnnlab.tasks.vocab import EOS

LISTED = 6
"""The longest length whose 10^length sequences are listed; one more takes gigabytes, and can be drawn instead."""


READ = 8192
"""Rows of a file that are handed over at once."""


class DigitSum(Task):
    """Many-to-many, unaligned: `1294` asks `16`, `1221` asks `6`.

    Twelve symbols: ten digits, EOS (shown `=`) that ends the question, EOA (shown `.`) that ends the answer.
    inputs  1 2 9 4 = 1 6
    targets . . . . 1 6 EOA        (here `.` is IGNORE)
    The answer is first read at EOS, has no leading zeros, and is fed back symbol by symbol.

    csv: a file of digits and sum, as `read_csv` takes it; its rows then are what `every` lists.

    Raises:
        InputError: as `read_csv`.
    """

    answer = "fed_back"
    num_inputs = num_classes = 12
    eos, end = 10, 11
    vocab = VOCAB

    @checked
    def __init__(self, csv: str | None = None):
        self.listed = {} if csv is None else read_csv(csv)
        self.lengths = list(self.listed) or None

    def batch(self, size: int, length: int, generator: Generator) -> Batch:
        return self._ask(torch.randint(10, (size, whole("length", length, 1)), generator=generator))

    def every(self, length: int) -> Batch:
        if self.listed:
            return self._ask(self.listed[one_of("length", length, self.listed)].unique(dim=0))
        whole("length", length, 1, LISTED)
        numbers = torch.arange(10**length).unsqueeze(1)  # (10^length, 1)
        return self._ask(numbers // 10 ** torch.arange(length - 1, -1, -1) % 10)

    def parse(self, text: str) -> Batch:
        digits = text.removesuffix(EOS)
        if not digits or not (digits.isascii() and digits.isdigit()):
            raise InputError("not a sequence of digits", "one or more of 0123456789", "input", repr(text))
        return self._ask(self.vocab.encode(digits).unsqueeze(0))

    def show(self, inputs: Tensor, targets: Tensor) -> str:
        start = int((inputs == self.eos).nonzero()[0])
        return self.vocab.decode(inputs[: start + 1]) + self.vocab.decode(targets[targets != IGNORE])

    def prefixes(self, batch: Batch) -> list[Batch]:
        """Of `1294=16.` these are `1=1.`, `12=3.` and `129=12.`."""
        length = int((batch.inputs[0] == self.eos).nonzero()[0])
        return [self._ask(batch.inputs[:, :cut]) for cut in range(1, length)]

    def adversarial(self, length: int) -> dict[str, Iterable[Batch]]:
        """All nines, all zeros, and nine rows of leading zeros before a last digit of 1 to 9."""
        zeros = torch.zeros(9, whole("length", length, 1), dtype=torch.int64)
        led = zeros.clone()
        led[:, -1] = torch.arange(1, 10)
        rows = {"nines": zeros[:1] + 9, "zeros": zeros[:1], "leading zeros": led}
        return {name: [self._ask(digits)] for name, digits in rows.items()}

    def quantities(self, batch: Batch) -> dict[str, Tensor]:
        """`running sum` of the digits so far, until the answer begins. `last digit`: that of the running sum alone."""
        question = (batch.inputs == self.eos).cumsum(1) == 0  # (B, T)
        total = (batch.inputs * question).cumsum(1)
        return {
            "running sum": total.masked_fill(~question, IGNORE),
            "last digit": (total % 10).masked_fill(~question, IGNORE),
        }

    def exchanged(self, name: str, batch: Batch, donor: Batch, step: int) -> Batch:
        length = int((batch.inputs[0] == self.eos).nonzero()[0])
        if name != "running sum" or step >= length:
            return super().exchanged(name, batch, donor, step)
        digits = batch.inputs[:, :length]
        answer = self._write(
            donor.inputs[:, : step + 1].sum(1) + digits[:, step + 1 :].sum(1), places=len(str(9 * length))
        )
        return answer_after(batch.inputs[:, : length + 1], answer)

    def read(self, path: str) -> Iterator[Batch]:
        """The rows of a csv of digits and sum, the shortest first."""
        for digits in read_csv(path).values():
            yield from map(self._ask, digits.split(READ))

    def lines(self, batches: Iterable[Batch]) -> Iterator[str]:
        """Rows of digits and sum."""
        for inputs, targets in batches:
            for digits, answer in zip(inputs, targets, strict=True):
                written = answer[(answer != IGNORE) & (answer != self.end)]
                yield f"{self.vocab.decode(digits).split(EOS)[0]},{self.vocab.decode(written)}\n"

    def _ask(self, digits: Tensor) -> Batch:
        """The batch of (B, T) digits."""
        prompt = torch.cat([digits, torch.full((len(digits), 1), self.eos)], 1)
        return answer_after(prompt, self._write(digits.sum(1), places=len(str(9 * digits.shape[1]))))

    def _write(self, numbers: Tensor, places: int) -> Tensor:
        """(B, places + 1) decimal digits of (B,) numbers, first one first, then EOA, then IGNORE."""
        powers = 10 ** torch.arange(places - 1, -1, -1)
        digits = numbers.unsqueeze(1) // powers % 10  # (B, places)
        used = (numbers.unsqueeze(1) >= powers).sum(1, keepdim=True).clamp(min=1)  # 0 has one digit
        place = torch.arange(places + 1)
        moved = torch.cat([digits, digits[:, :1]], 1).gather(1, (place + places - used) % (places + 1))
        written = torch.where(place < used, moved, IGNORE)
        return torch.where(place == used, self.end, written)
