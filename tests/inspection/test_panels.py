"""Where values, curves and complex numbers come to lie in a picture, and in which colour."""

import numpy as np

from rnnlab.inspection.canvas import COLOURS, LETTER, LINE
from rnnlab.inspection.panels import ABOVE, BELOW, LEFT, SCALE, SIZE, WIDE, coloured, curves, over_time, plane, states


def test_zero_is_white_and_the_ends_have_their_colours_in_equal_steps():
    colours = coloured(np.array([-2.0, -1.0, 0.0, 1.0, 2.0, 9.0, np.nan]), 2.0).astype(int).tolist()
    assert (
        colours[0] == list(BELOW) and colours[4] == colours[5] == list(ABOVE) and colours[2] == colours[6] == [255] * 3
    )
    assert colours[1] == [int((255 + end) / 2) for end in BELOW]


def test_a_unit_is_a_row_and_a_step_a_column_of_a_picture_over_time():
    values = np.array([[1.0, 0.0], [0.0, -1.0], [0.5, 0.0]])  # 3 steps of 2 units
    pixels = over_time(values, ["a", "b", "long words"], "hidden").pixels
    high, wide = 96, 40
    middle = pixels[2 * LINE + high // 2 :: high, LEFT + wide // 2 :: wide][:2, :3]
    assert np.array_equal(middle, coloured(values.T, 1.0))


def test_many_units_and_steps_and_one_of_each_have_a_picture():
    for steps, units in ((64, 1024), (1, 1), (300, 3)):
        canvas = over_time(np.full((steps, units), 3.0), ["x"] * steps, "cell")
        assert (canvas.pixels == np.array(ABOVE, np.uint8)).all(2).sum() > steps * units


def test_a_curve_that_falls_by_ten_a_step_is_straight_and_ends_where_it_is_nothing():
    line = np.array([1.0, 1e-2, 1e-4, 1e-6, 0.0])
    pixels = curves({"hidden": line}, "gradient", "steps").pixels
    wide = pixels.shape[1]
    rows, columns = (pixels[: 2 * LINE + SIZE + 2, : LEFT + SIZE] == COLOURS[0]).all(2).nonzero()
    slope, start = np.polyfit(columns, rows, 1)
    assert np.abs(rows - slope * columns - start).max() < 4
    assert columns.min() - LEFT in range(68, 72) and wide > LEFT + SIZE  # the fifth point, at 0, is left out


def test_curves_of_nothing_at_all_are_an_empty_picture():
    pixels = curves({"hidden": np.zeros(3)}, "gradient", "steps").pixels
    assert not (pixels[:SIZE, : LEFT + SIZE] == COLOURS[0]).all(2).any()


def test_complex_numbers_lie_where_they_are_and_the_circle_goes_through_one():
    pixels = plane({"hidden": np.array([1.25 + 0j, -0.5j])}, "eigenvalues").pixels
    rows, columns = (pixels[:, :SIZE] == COLOURS[0]).all(2).nonzero()
    top, middle = 2 * LINE, SIZE / 2
    scale = middle / 1.375  # the edge is a tenth beyond the largest
    found = {(round(float(c)), round(float(r))) for c, r in zip(columns, rows, strict=True)}
    for x, y in ((1.25, 0), (0, -0.5)):
        assert (round(8 + middle + x * scale), round(top + middle - y * scale)) in found


def test_states_have_the_colours_of_their_numbers_and_a_ring_is_empty_within():
    at, fixed = np.array([[0.0, 0.0], [1.0, 2.0], [-1.0, 2.0]]), np.array([1.0, 0.5])
    pixels = states(at, np.array([0, 1, 2]), [at[:1]], [(fixed, False), (fixed * 99, True)], "states").pixels

    def place(x, y):
        return round(2 * LINE + WIDE * (0.5 - (y - 1) / 2.16)), round(LETTER + WIDE * (0.5 + x / 2.16))

    assert tuple(pixels[place(-1, 2)]) == tuple(SCALE[-1])
    assert tuple(pixels[place(1, 2)]) == tuple((SCALE[1] + SCALE[2]) // 2)
    row, column = place(1, 0.5)
    ring = pixels[row, column - 10 : column + 11].min(1)
    assert ring[10] == 255 and (ring < 60).sum() >= 4
