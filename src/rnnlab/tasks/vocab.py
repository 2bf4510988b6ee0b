"""Symbols to ids and back."""

from collections.abc import Sequence

import torch
from torch import Tensor

from rnnlab.errors import InputError, shown

EOS, EOA = "=", "."
"""How the end of a question and the end of an answer are shown to a person: `1294=16.`"""


LISTED = 1000
"""Characters of a vocabulary that a complaint lists."""


class Vocab:
    """An ordered set of one-character symbols; the id of a symbol is its place.

    >>> Vocab("abc").encode("cab")
    tensor([2, 0, 1])
    """

    def __init__(self, symbols: Sequence[str]):
        self.symbols = "".join(symbols)
        self.ids = {symbol: place for place, symbol in enumerate(self.symbols)}

    def __len__(self) -> int:
        return len(self.symbols)

    def encode(self, text: str, start: int = 0) -> Tensor:
        """(T,) ids, int64. Positions in a complaint count from `start`, where the text is a piece of a longer one.

        Raises:
            InputError: at the first character that is not a symbol, with its code point and position.
        """
        for position, character in enumerate(text, start):
            if character not in self.ids:
                raise InputError(
                    f"unknown character {character!r} (U+{ord(character):04X}) at position {position}",
                    f"the {len(self):,} known are {shown(repr(self.symbols), LISTED)}",
                )
        return torch.tensor([self.ids[character] for character in text], dtype=torch.int64)

    def decode(self, ids: Tensor) -> str:
        """The text of (T,) ids."""
        return "".join(self.symbols[i] for i in ids.tolist())
