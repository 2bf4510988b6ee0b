"""What a run says: on the terminal, and in its own train.log."""

import io
from pathlib import Path

from rich.console import Console

from rnnlab import files
from rnnlab.runs.run import first_process

WIDTH = 120
"""Columns of what is printed into a file."""


class Output:
    """Prints to stdout, and appends the same as plain text to a log."""

    def __init__(self, log: Path):
        self.console = Console()
        if not self.console.is_terminal:
            self.console = Console(width=WIDTH)
        self.log = log

    def say(self, *what: object) -> None:
        if not first_process():
            return
        words = all(isinstance(one, str) for one in what)  # never broken, so that a command can be copied
        self.console.print(*what, highlight=False, markup=False, soft_wrap=words)
        self.note(*what)

    def note(self, *what: object) -> None:
        """Only into the log."""
        if not first_process():
            return
        text = io.StringIO()
        Console(file=text, width=WIDTH).print(*what, highlight=False, markup=False)
        files.append(self.log, text.getvalue())
