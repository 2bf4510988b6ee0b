"""A picture of pixels with lines and words, and the PNG file that it becomes (PNG specification, W3C, 2003)."""

import struct
import zlib

import numpy as np

from rnnlab.inspection import glyphs

Colour = tuple[int, int, int]

WHITE, BLACK, GREY = (255, 255, 255), (30, 30, 30), (190, 190, 190)
COLOURS: list[Colour] = [(0, 114, 178), (213, 94, 0), (0, 158, 115), (204, 121, 167), (230, 159, 0), (86, 180, 233)]
"""Told apart by everybody, also without red or green (Okabe and Ito, 2008)."""

DOT = 2
"""Pixels of a dot of a letter."""

LETTER, LINE = (glyphs.WIDTH + 1) * DOT, (glyphs.HEIGHT + 3) * DOT
"""Pixels from one letter to the next, and from one line to the next."""


class Canvas:
    """pixels: (height, width, 3) uint8, white at first.

    Places are (x, y) from the top left; what lies outside is lost.
    """

    def __init__(self, width: int, height: int):
        self.pixels = np.full((height, width, 3), WHITE, np.uint8)

    def paste(self, x: int, y: int, pixels: np.ndarray) -> None:
        """Puts pixels (h, w, 3) there."""
        room = self.pixels[y : y + len(pixels), x : x + pixels.shape[1]]
        room[:] = pixels[: room.shape[0], : room.shape[1]]

    def write(self, x: int, y: int, text: str, colour: Colour = BLACK) -> None:
        """One line of words, its top left corner there."""
        for place, character in enumerate(text):
            shape = glyphs.dots(character).repeat(DOT, 0).repeat(DOT, 1)
            left = x + place * LETTER
            room = self.pixels[y : y + shape.shape[0], left : left + shape.shape[1]]
            room[shape[: room.shape[0], : room.shape[1]]] = colour

    def line(self, x: np.ndarray, y: np.ndarray, colour: Colour, thick: int = 1) -> None:
        """A line through the points (x, y), each (N,)."""
        for at in range(len(x) - 1):
            steps = int(max(abs(x[at + 1] - x[at]), abs(y[at + 1] - y[at]))) + 1
            self.points(np.linspace(x[at], x[at + 1], steps), np.linspace(y[at], y[at + 1], steps), colour, thick)

    def points(self, x: np.ndarray, y: np.ndarray, colour: Colour, thick: int = 1) -> None:
        """A square of so many pixels at each of the points (x, y)."""
        height, width, _ = self.pixels.shape
        for dx in range(thick):
            for dy in range(thick):
                across = np.rint(x).astype(int) + dx - thick // 2
                down = np.rint(y).astype(int) + dy - thick // 2
                inside = (across >= 0) & (across < width) & (down >= 0) & (down < height)
                self.pixels[down[inside], across[inside]] = colour

    def disk(self, x: np.ndarray, y: np.ndarray, colour: Colour, radius: int, hollow: bool = False) -> None:
        """A disk, or a ring, with white around it, at each of the points (x, y)."""
        down, across = np.mgrid[-radius : radius + 1, -radius : radius + 1]
        far, inside = np.hypot(down, across), radius - 7 if hollow else -2
        for edge, ink in ((0, WHITE), (2, colour)):
            where = (far <= radius - edge) & (far >= inside + edge)
            for dx, dy in zip(across[where], down[where], strict=True):
                self.points(x + dx, y + dy, ink)

    def png(self) -> bytes:
        """The file: a signature, then chunks of length, name, content and checksum."""
        height, width, _ = self.pixels.shape
        rows = np.zeros((height, 1 + 3 * width), np.uint8)  # a row begins with its filter, 0: none
        rows[:, 1:] = self.pixels.reshape(height, -1)
        header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)  # 8 bits of each of 3 colours
        chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes(), 6)), (b"IEND", b""))
        return b"\x89PNG\r\n\x1a\n" + b"".join(
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
            for name, content in chunks
        )
