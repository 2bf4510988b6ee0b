"""Shapes of a chart as SVG text. What has a meaning has a name, shown on pointing at it and read to who cannot see."""

from collections.abc import Sequence
from html import escape

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 360, 238, 44, 342, 18, 198
"""Charts are drawn 360 units wide, so that they are legible on a phone; the plot lies between the other four."""


def picture(parts: Sequence[str], label: str, height: float = HEIGHT) -> str:
    """The chart of these parts, named `label`; its role leaves the parts their own names, which "img" would not."""
    inside, box = "\n".join(parts), f"0 0 {WIDTH} {height:.0f}"
    return f'<svg viewBox="{box}" role="group" aria-label="{escape(label)}">\n{inside}\n</svg>'


def unread(parts: Sequence[str]) -> str:
    """Parts that only the eye needs, as the ticks of an axis."""
    return f'<g aria-hidden="true">\n{"".join(parts)}\n</g>'


def line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    """A straight line; `kind`, here and below, is its class."""
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def area(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    """The rectangle between two corners, the upper left one first."""
    place = f'x="{x1:.1f}" y="{y1:.1f}" width="{x2 - x1:.1f}" height="{y2 - y1:.1f}"'
    return f'<rect class="{kind}" {place}/>'


def text(x: float, y: float, words: str, anchor: str, kind: str = "", whole: str = "") -> str:
    """Words at a place; `whole` is what they are cut from, if they are."""
    inside = escape(words) + (title(whole) if whole else "")
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{f" class={kind!r}" if kind else ""}>{inside}</text>'


def band(points: Sequence[tuple[float, float]], kind: str) -> str:
    """The area within points."""
    return f'<polygon class="{kind}" points="{_points(points)}" aria-hidden="true"/>'


def curve(points: Sequence[tuple[float, float]], kind: str, label: str) -> str:
    """A line through points."""
    return f'<polyline class="{kind}" points="{_points(points)}" role="img">{title(label)}</polyline>'


def dot(x: float, y: float, size: float, kind: str, label: str, link: str = "") -> str:
    """A dot, which leads somewhere if there is a `link`."""
    place = f'cx="{x:.1f}" cy="{y:.1f}" r="{size}"'
    circle = f'<circle class="{kind}" {place} role="img">{title(label)}</circle>'
    return f'<a href="{escape(link)}" aria-label="{escape(label)}">{circle}</a>' if link else circle


def title(words: str) -> str:
    """The name of the shape that it stands in."""
    return f"<title>{escape(words)}</title>"


def cut(words: str, most: int) -> str:
    """Words of at most so many characters."""
    return words if len(words) <= most else f"{words[: max(most - 1, 1)]}…"


def _points(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
