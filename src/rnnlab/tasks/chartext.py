"""Character text: every character asks for the next one."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Literal

import numpy as np
import torch
from torch import Generator, Tensor

from rnnlab.batch import IGNORE, Batch, next_token
from rnnlab.errors import Bounds, InputError, checked, whole
from rnnlab.tasks import corpus as text
from rnnlab.tasks.task import Text

MARKS = {"newline": "\n", "space": " ", "quote": '"'}

WINDOW = 1024
"""Characters of a file that are handed over at once."""


class CharText(Text):
    """A language model's task: `t h e _` asks `h e _ c`.

    corpus: `stdlib` (source text of Python's standard library, about 1 MB, the default), `sentences` (the three
        of the walk-through) or `tinyshakespeare` (downloaded once).
    path: any UTF-8 text file instead.
    validation: the last part of the text that is held out. The three sentences are validated on themselves.
    symbols: the vocabulary of a trained model; then no text is read, and there is none to train on.

    Its ids are memory-mapped, so text of any size fits.
    """

    answer = "endless"

    @checked
    def __init__(
        self,
        corpus: Literal["sentences", "stdlib", "tinyshakespeare"] = "stdlib",
        path: str | None = None,
        validation: Annotated[float, Bounds(0, 0.9, above=True)] = 0.1,
        symbols: str | None = None,
    ):
        self.rows = None
        chunks: Iterable[str]
        if symbols is not None:
            self.name, chunks = "vocabulary", [symbols]
        elif path is not None:
            self.name, chunks = str(path), text.TextFile(str(path))
        elif corpus == "sentences":
            self.name, chunks, self.rows = corpus, text.sentences(), len(text.SENTENCES)
        elif corpus == "stdlib":
            self.name, chunks = corpus, text.stdlib()
        else:
            self.name, chunks = corpus, text.TextFile(text.tinyshakespeare())
        self.vocab, ids = text.read(chunks, self.name)
        self.num_inputs = self.num_classes = len(self.vocab)
        held_out = 0 if self.rows else int(len(ids) * validation)
        self.train = ids[: len(ids) - held_out]
        self.held_out = ids if self.rows else ids[len(ids) - held_out :]

    def batch(self, size: int, length: int, generator: Generator) -> Batch:
        """Windows of `length` steps at random places of the training part."""
        last = len(self.train) - whole("length", length, 1) - 1
        if last < 0:
            raise InputError("longer than the text", f"at most {len(self.train) - 1}", "length", length)
        starts = torch.randint(last + 1, (size, 1), generator=generator)
        windows = self.train[(starts + torch.arange(length + 1)).numpy()]
        return next_token(torch.from_numpy(windows.astype(np.int64)))

    def every(self, length: int) -> Batch:
        raise InputError("text cannot be listed", "use task.batch", "length", length)

    def parse(self, typed: str) -> Batch:
        """The characters typed; what follows the last one is not known and not asked."""
        if not typed:
            raise InputError("no text", "at least one character", "input", repr(typed))
        ids = self.vocab.encode(typed)
        return next_token(torch.cat([ids, torch.tensor([IGNORE])]).unsqueeze(0))

    def quantities(self, batch: Batch) -> dict[str, Tensor]:
        """After each character: its place in its line and in its word, the spaces that its line began with, and
        whether a double quote is open (each line begins with none open). A row counts as the start of a line.
        """
        known = {name: self.vocab.ids.get(symbol, -1) for name, symbol in MARKS.items()}
        inputs = batch.inputs
        place = torch.arange(inputs.shape[1]).expand_as(inputs)
        newline, space = inputs == known["newline"], inputs == known["space"]
        letters = torch.tensor([symbol.isalnum() for symbol in self.vocab.symbols])[inputs]
        column = place - _last(newline, place) - 1  # -1 at the end of a line
        within = place - _last(~letters, place)  # 1 at the first letter of a word, 0 outside
        lead = (space & (_last(~space & ~newline, place) <= _last(newline, place))).long()
        quotes = (inputs == known["quote"]).long()
        return {
            "place in line": column + 1,
            "place in word": within,
            "indentation": _since(lead, newline),
            "in quotes": _since(quotes, newline) % 2,
        }

    def read(self, path: str) -> Iterator[Batch]:
        """A UTF-8 text file as one long row, in consecutive windows (1, T) of any size of file."""
        ids, position = torch.empty(0, dtype=torch.int64), 0
        for chunk in text.TextFile(path):
            ids = torch.cat([ids[-1:], self.vocab.encode(chunk, position)])
            position += len(chunk)
            for start in range(0, len(ids) - 1, WINDOW):
                yield next_token(ids[start : start + WINDOW + 1].unsqueeze(0))
        if position < 2:
            raise InputError("nothing to predict", "a text of at least two characters", "input", path)

    def show(self, inputs: Tensor, targets: Tensor) -> str:
        return self.vocab.decode(inputs)

    def label(self, target: int) -> str:
        return self.vocab.symbols[target]


def _last(there: Tensor, place: Tensor) -> Tensor:
    """(B, T) bool -> the last place so far at which it is there, -1 before the first."""
    return torch.where(there, place, -1).cummax(1).values


def _since(counted: Tensor, start: Tensor) -> Tensor:
    """(B, T) counts, summed along time, beginning again wherever `start` is true."""
    total = counted.cumsum(1)
    return total - torch.where(start, total, 0).cummax(1).values
