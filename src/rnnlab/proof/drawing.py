"""A drawing of lines, dots and words that becomes both an SVG and a PNG."""

from html import escape

import numpy as np

from rnnlab.inspection.canvas import BLACK, LETTER, LINE, Canvas, Colour


class Drawing:
    """width, height: in pixels. Places are (x, y) from the top left."""

    def __init__(self, width: int, height: int):
        self.canvas = Canvas(width, height)
        self.parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">',
            f'<rect width="{width}" height="{height}" fill="white"/>',
        ]

    def line(self, points: np.ndarray, colour: Colour, thick: int = 1) -> None:
        """A line through points (N, 2)."""
        if not len(points):
            return
        self.canvas.line(points[:, 0], points[:, 1], colour, thick)
        places = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        style = f'fill="none" stroke="rgb{colour}" stroke-width="{thick}"'
        self.parts.append(f'<polyline points="{places}" {style}/>')

    def dots(self, points: np.ndarray, colour: Colour, size: int = 2) -> None:
        """A dot at each of the points (N, 2); several within a pixel are one."""
        if not len(points):
            return
        points = np.unique(np.round(points), axis=0)
        self.canvas.points(points[:, 0], points[:, 1], colour, size)
        circles = "".join(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{size / 2}"/>' for x, y in points)
        self.parts.append(f'<g fill="rgb{colour}">{circles}</g>')

    def words(self, x: float, y: float, text: str, colour: Colour = BLACK) -> None:
        """A line of words, whose middle is there."""
        left, top = round(x - len(text) * LETTER / 2), round(y - LINE / 2)
        self.canvas.write(left, top, text, colour)
        style = f'font-family="monospace" font-size="13" text-anchor="middle" fill="rgb{colour}"'
        self.parts.append(f'<text x="{x:.1f}" y="{y + 4:.1f}" {style}>{escape(text)}</text>')

    def svg(self) -> str:
        """The file's text."""
        return "\n".join([*self.parts, "</svg>\n"])

    def png(self) -> bytes:
        """The file."""
        return self.canvas.png()
