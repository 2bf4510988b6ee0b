"""Colours that can be read, by the contrast of WCAG 2.1, and curves that are told apart without them."""

import re

import pytest

from rnnlab.reports.charts import COLOURS
from rnnlab.reports.style import DARK, LAYOUT, LIGHT, NIGHT, STYLE


def luminance(colour: str) -> float:
    shares = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("style", "colours"), [(LAYOUT, LIGHT), (NIGHT, DARK)], ids=["light", "dark"])
def test_text_and_lines_stand_out_from_the_page(style, colours):
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)  # as every table of contrasts has it
    named = dict(re.findall(r"--(\w+): (#\w{6})", style))
    assert all(contrast(named[name], named["paper"]) >= 4.5 for name in ("ink", "soft", "link"))
    assert all(contrast(colour, named["paper"]) >= 3 for colour in colours)


def test_every_curve_has_a_colour_by_day_and_by_night_and_dashes_of_its_own():
    assert len(set(LIGHT)) == len(set(DARK)) == COLOURS
    day, night = STYLE.split("@media (prefers-color-scheme: dark)")
    for place in range(COLOURS):
        assert f".c{place} {{ --c: {LIGHT[place]}; }}" in day and f".c{place} {{ --c: {DARK[place]}; }}" in night
    dashes = re.findall(r"\.curve\.c(\d) { stroke-dasharray: ([\d ]+); }", STYLE)
    assert [int(place) for place, _ in dashes] == list(range(1, COLOURS))  # the best is whole
    assert len({dash for _, dash in dashes}) == COLOURS - 1
