"""What a run says: on the terminal, and in its own train.log."""

from pathlib import Path

from rich.console import Console

from rnnlab.run import first_process

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
        self.console.print(*what, highlight=False, markup=False)
        self.note(*what)

    def note(self, *what: object) -> None:
        """Only into the log."""
        if not first_process():
            return
        with open(self.log, "a", encoding="utf-8") as file:
            Console(file=file, width=WIDTH).print(*what, highlight=False, markup=False)
