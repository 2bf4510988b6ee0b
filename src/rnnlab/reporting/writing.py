"""What leaves for a terminal or a file: one line of harmless characters, and whole files."""

import contextlib
import os
import tempfile
from pathlib import Path

from rnnlab.errors import InputError

LONGEST = 200
"""Characters of any value that are shown."""


def plain(value: object, longest: int = LONGEST) -> str:
    """A value as one line of printable characters: no escape sequence reaches a terminal, no line break a table."""
    known = {None: "null", True: "true", False: "false"}
    text = known[value] if value is None or isinstance(value, bool) else str(value)
    text = text if len(text) <= longest else text[: longest - 3] + "..."
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def put(path: Path, text: str) -> None:
    """Writes a file whole or not at all; what was there, a link perhaps, is replaced and not followed.

    Raises:
        InputError: where that is not possible.
    """
    part = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with open(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            os.fchmod(file.fileno(), 0o644)
        os.replace(part, path)
    except OSError as error:
        if part:
            with contextlib.suppress(OSError):
                os.unlink(part)
        raise InputError(f"cannot be written, {error.strerror}", "a writable folder", "out", path.parent) from None
