"""Digit sums in a csv: digits and their sum, one example a row."""

import codecs
import csv
import io
from pathlib import Path

import torch
from torch import Tensor

from rnnlab import files
from rnnlab.errors import InputError
from rnnlab.tasks.vocab import EOA, EOS, Vocab

LARGEST = 1 << 28
"""Bytes of a csv that are read: some 20 million examples."""

VOCAB = Vocab("0123456789" + EOS + EOA)

COLUMNS = ("digits", "sum")
DELIMITERS = ",;\t|"
"""What may stand between two columns; the first of these in the first line with anything in it does."""


def read_csv(path: str) -> dict[int, Tensor]:
    """The digit sequences of a csv, (N, length) for each length that occurs, in file order.

    Columns stand between commas, semicolons, tabs or bars. A first row that is no digits is a header: where it names
    `digits` and `sum` those columns count, wherever they are and whatever others there are; otherwise there are two.

    Raises:
        InputError: for a file that is missing, empty, or has a row that is not digits and their right sum.
    """
    rows: dict[int, list[list[int]]] = {}
    lines = [(number, row) for number, row in enumerate(_rows(path), 1) if row]
    header = lines.pop(0)[1] if lines and _is_header(lines[0][1]) else list(COLUMNS)
    places, width = _places(header), len(header)
    for number, row in lines:
        where = f"{path}, line {number}"
        if len(row) != width or width < 2:
            allowed = "must have two, digits and sum" if width <= 2 else f"must have {width}, as its header has"
            raise InputError(f"{where} has {len(row)} columns", allowed, "csv", path)
        digits = _digits(row[places[0]], row[places[1]], where, path)
        rows.setdefault(len(digits), []).append(digits)
    if not rows:
        raise InputError("the csv is empty", "needs at least one row of digits and sum", "csv", path)
    return {length: torch.tensor(rows[length]) for length in sorted(rows)}


def _is_header(row: list[str]) -> bool:
    """Whether a first row names columns: there is a word in it, and no number."""
    return any(cell[:1].isalpha() for cell in row) and not any(cell.isdigit() for cell in row)


def _places(header: list[str]) -> tuple[int, int]:
    """Where digits and sum stand under a header."""
    names = [name.strip().casefold() for name in header]
    if all(names.count(column) == 1 for column in COLUMNS):
        return names.index(COLUMNS[0]), names.index(COLUMNS[1])
    return 0, 1


def _digits(digits: str, total: str, where: str, path: str) -> list[int]:
    """The digits of a row whose sum is right."""
    for column, text in zip(COLUMNS, (digits, total), strict=True):
        if not text or not (text.isascii() and text.isdigit()):
            raise InputError(f"{where}: {column} {text[:40]!r}", "must be decimal digits only", "csv", path)
    right = sum(map(int, digits))
    if int(total[:20]) != right or len(total) > 20:
        raise InputError(f"{where}: wrong sum {total[:40]}", f"{digits[:40]} has the sum {right}", "csv", path)
    return [int(digit) for digit in digits]


def _rows(path: str) -> list[list[str]]:
    try:
        content = files.read(Path(path), LARGEST, typed=True).removeprefix(codecs.BOM_UTF8)
        text = content.decode()
        first = next((line for line in io.StringIO(text) if line.strip()), "")
        delimiter = next((character for character in first if character in DELIMITERS), ",")
        reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter)
        return list(reader)
    except UnicodeDecodeError as error:
        newline = b"\n"
        where = f"{path}, line {content.count(newline, 0, error.start) + 1}"
        raise InputError(f"{where} is not UTF-8", "must be a csv in plain text", "csv", path) from None
    except csv.Error as error:
        where = f"{path}, line {reader.line_num}"
        raise InputError(f"{where}: {error}", "must be a csv of digits and sum", "csv", path) from None
    except OSError as error:
        raise InputError(f"cannot be read, {error.strerror}", "must be a csv of digits and sum", "csv", path) from None
