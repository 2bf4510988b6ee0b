"""A table, and how it is written: on a terminal, in Markdown, on the page and in LaTeX."""

import re
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from rich import table as rich
from rich.text import Text


class Link(str):
    """A cell that leads somewhere on the page; `address` is relative to it. Elsewhere it is its text."""

    address: str

    def __new__(cls, text: str, address: str) -> "Link":
        made = super().__new__(cls, text)
        made.address = address
        return made


class Table(NamedTuple):
    """Cells as a person reads them under their headers; the first `texts` columns are words, the others numbers."""

    headers: list[str]
    rows: list[list[str]]
    texts: int

    def only(self, numbers: Sequence[str]) -> "Table":
        """The words, and of the numbers only these columns."""
        places = [place for place, name in enumerate(self.headers) if place < self.texts or name in numbers]
        return Table([self.headers[i] for i in places], [[row[i] for i in places] for row in self.rows], self.texts)

    def terminal(self) -> rich.Table:
        """For rich to print."""
        made = rich.Table(caption=None)
        for place, header in enumerate(self.headers):
            words = place < self.texts
            made.add_column(Text(header), justify="left" if words else "right", overflow="fold", no_wrap=not words)
        for row in self.rows:
            made.add_row(*map(Text, row))
        return made

    def markdown(self) -> list[str]:
        """The lines of a table of Markdown."""
        ruler = ["---" if place < self.texts else "--:" for place in range(len(self.headers))]
        lines = [[*map(in_markdown, self.headers)], ruler, *([*map(in_markdown, row)] for row in self.rows)]
        return [f"| {' | '.join(line)} |" for line in lines]

    def html(self, name: str, label: str) -> str:
        """A table of the page, which scrolls by itself where the screen is narrow; `name` is its class."""
        kinds = ["" if place < self.texts else ' class="number"' for place in range(len(self.headers))]
        head = "".join(
            f'<th scope="col"{kind}>{escape(cell)}</th>' for kind, cell in zip(kinds, self.headers, strict=True)
        )
        rows = [[f"<td{kind}>{_html(cell)}</td>" for kind, cell in zip(kinds, row, strict=True)] for row in self.rows]
        body = "\n".join(f"<tr>{''.join(row)}</tr>" for row in rows)
        table = f'<table class="{name}">\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table>'
        return f'<div class="wide" role="region" aria-label="{escape(label)}" tabindex="0">{table}</div>'

    def latex(self) -> list[str]:
        """The lines of a tabular with the rules of booktabs."""
        columns = "".join("l" if place < self.texts else "r" for place in range(len(self.headers)))
        head, *rows = (" & ".join(map(in_latex, row)) + r" \\" for row in (self.headers, *self.rows))
        return [
            rf"\begin{{tabular}}{{{columns}}}",
            r"\toprule",
            head,
            r"\midrule",
            *rows,
            r"\bottomrule",
            r"\end{tabular}",
        ]


def in_markdown(text: str) -> str:
    """Text that Markdown shows as it is: no markup, no html, no end of a table cell."""
    return re.sub(r"([\\`*\[\]<>|#~]|(?<!\w)_|_(?!\w))", r"\\\1", text.replace("&", "&amp;"))


LATEX = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    **{character: f"\\{character}" for character in "&%$#_{}"},
}


def in_latex(text: str) -> str:
    """Text that LaTeX sets as it is; a minus before a number is one."""
    safe = "".join(LATEX.get(character, character) for character in text)
    return re.sub(r"(?<![\w.])-(?=[\d.])", "$-$", safe)


def _html(cell: str) -> str:
    return f'<a href="{escape(cell.address)}">{escape(cell)}</a>' if isinstance(cell, Link) else escape(cell)
