"""Character text: every character asks for the next one."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Literal

import numpy as np
import torch
from torch import Generator, Tensor

from rnnlab.batch import IGNORE, Batch, next_token
from rnnlab.errors import Bounds, InputError, checked, warn, whole
from rnnlab.tasks import corpus as text
from rnnlab.tasks.task import Text

MARKS = {"newline": "\n", "space": " ", "quote": '"'}

Share = Annotated[float, Bounds(0, 0.9, above=True)]
AUTO, MOST = 0.1, 0.9
"""The share of a text that is its test unless said otherwise, and the most that may be held out in all."""

WINDOW = 1024
"""Characters of a file that are handed over at once."""


class CharText(Text):
    """A language model's task: `t h e _` asks `h e _ c`.

    corpus: `stdlib` (source text of Python's standard library, about 1 MB, the default), `sentences` (the three
        of the walk-through) or `tinyshakespeare` (downloaded once).
    path: any UTF-8 text file instead.
    validation, test: shares of the text, its last part but one and its last, that are held out; test None: what
        validation holds out is the test as well; `auto`: 0.1, but None for tiny shakespeare, whose last tenth is what
        the field is scored on. The three sentences are validated and tested on themselves.
    validation_path, test_path: files that are held out instead.
    unknown: what becomes of their characters that the text has not: `refuse`, or `skip` with a line that says how many.
    symbols: the vocabulary of a trained model; then no text is read, and there is none to train on.

    Its ids are memory-mapped, so text of any size fits.
    """

    answer = "endless"

    @checked
    def __init__(
        self,
        corpus: Literal["sentences", "stdlib", "tinyshakespeare"] = "stdlib",
        path: str | None = None,
        validation: Share = 0.1,
        test: Literal["auto"] | Share | None = "auto",
        validation_path: str | None = None,
        test_path: str | None = None,
        unknown: Literal["refuse", "skip"] = "refuse",
        symbols: str | None = None,
    ):
        self.rows = None
        chunks: Iterable[str]
        if symbols is not None:
            self.name, chunks = "vocabulary", [symbols]
            path = validation_path = test_path = None  # whatever a checkpoint names is not opened
        elif path is not None:
            self.name, chunks = str(path), text.TextFile(str(path))
        elif corpus == "sentences":
            self.name, chunks, self.rows = corpus, text.sentences(), len(text.SENTENCES)
        elif corpus == "stdlib":
            self.name, chunks = corpus, text.stdlib()
        else:
            self.name, path = corpus, text.tinyshakespeare()
            chunks = text.TextFile(path)
        self.vocab, ids = text.read(chunks, self.name)
        self.num_inputs = self.num_classes = len(self.vocab)
        if test == "auto":
            test = None if path is not None and text.is_tinyshakespeare(str(path)) else AUTO
        shares = [share or 0.0 for share in (None if validation_path else validation, None if test_path else test)]
        self.train, self.validation, self.test = (ids, ids, ids) if self.rows else _split(ids, *shares)
        if validation_path is not None:
            self.validation = self._encoded("validation_path", validation_path, unknown)
        if test_path is not None:
            self.test = self._encoded("test_path", test_path, unknown)
        elif not shares[1]:
            self.test = self.validation

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
        return self.windows(text.TextFile(path), path)

    def windows(self, chunks: Iterable[str], path: str) -> Iterator[Batch]:
        """The pieces of a text as one long row, in consecutive windows (1, T)."""
        ids, position = torch.empty(0, dtype=torch.int64), 0
        for chunk in chunks:
            ids = torch.cat([ids[-1:], self.vocab.encode(chunk, position)])
            position += len(chunk)
            for start in range(0, len(ids) - 1, WINDOW):
                yield next_token(ids[start : start + WINDOW + 1].unsqueeze(0))
        if position < 2:
            raise InputError("nothing to predict", "a text of at least two characters", "input", path)

    def _encoded(self, key: str, path: str, unknown: str) -> np.ndarray:
        """The ids of another file, without the characters that the text has not if they are to be skipped."""
        chunks = text.TextFile(path)
        kept = text.Known(chunks, self.vocab)
        try:
            ids = text.encode(kept if unknown == "skip" else chunks, self.vocab)
        except InputError as error:
            skip = "; or task.unknown=skip" if error.key is None and unknown == "refuse" else ""
            raise InputError(error.what, error.allowed + skip, key, path) from None
        if kept.skipped:
            count = f"{kept.skipped:,} of {kept.skipped + len(ids):,} characters"
            warn(f"{count} of {path} are not in the text of training, and are skipped")
        return ids

    def show(self, inputs: Tensor, targets: Tensor) -> str:
        return self.vocab.decode(inputs)


def _split(ids: np.ndarray, validation: float, test: float) -> list[np.ndarray]:
    """The ids for training, and behind them these shares of all for validation and test."""
    if validation + test > MOST:
        raise InputError("leaves too little to train on", f"at most {MOST} with task.validation", "test", test)
    ends = [len(ids) - int(len(ids) * share) for share in (validation + test, test)]
    return np.split(ids, ends)


def _last(there: Tensor, place: Tensor) -> Tensor:
    """(B, T) bool -> the last place so far at which it is there, -1 before the first."""
    return torch.where(there, place, -1).cummax(1).values


def _since(counted: Tensor, start: Tensor) -> Tensor:
    """(B, T) counts, summed along time, beginning again wherever `start` is true."""
    total = counted.cumsum(1)
    return total - torch.where(start, total, 0).cummax(1).values
