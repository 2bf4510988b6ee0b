"""Pixels and the file they become, read back by another library."""

import io

import numpy as np
import pytest

from rnnlab.inspection.canvas import BLACK, WHITE, Canvas


@pytest.mark.needs("PIL")
def test_another_reader_finds_every_pixel_of_the_file():
    from PIL import Image

    canvas = Canvas(37, 21)
    canvas.paste(0, 0, np.random.default_rng(0).integers(0, 256, (21, 37, 3)).astype(np.uint8))
    with Image.open(io.BytesIO(canvas.png())) as image:
        assert image.format == "PNG" and image.size == (37, 21)
        assert np.array_equal(np.asarray(image), canvas.pixels)


def test_a_line_has_the_pixels_between_its_ends_and_what_lies_outside_is_lost():
    canvas = Canvas(5, 4)
    canvas.line(np.array([1, 9]), np.array([2, 2]), BLACK)
    dark = (canvas.pixels == BLACK).all(2)
    assert dark.tolist() == [[False] * 5, [False] * 5, [False, True, True, True, True], [False] * 5]
    canvas.paste(3, 3, np.zeros((9, 9, 3), np.uint8))
    canvas.write(-100, 2, "lost")
    assert (canvas.pixels[3, 3:] == 0).all() and (canvas.pixels[3, :3] == WHITE).all()


def test_words_are_written_where_they_are_said_to_be():
    canvas = Canvas(40, 14)
    canvas.write(2, 1, "I")  # 3 x 5 dots of 2 x 2 pixels: a bar, a stroke, a bar
    dark = (canvas.pixels == BLACK).all(2)
    rows = ["".join("#" if dot else "." for dot in row[2:8]) for row in dark[1:11]]
    assert rows == ["######"] * 2 + ["..##.."] * 6 + ["######"] * 2
    assert dark.sum() == 12 + 12 + 12
