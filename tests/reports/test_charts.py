"""Charts, read as a person does: where lines and dots lie between the labels of the axes."""

from xml.etree import ElementTree

import pytest

from rnnlab.reports import charts
from rnnlab.reports.charts import Dot, Series, Strip
from rnnlab.reports.curves import Point

HOSTILE = '"><script>&'


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def of(picture: ElementTree.Element, kind: str, name: str) -> list[ElementTree.Element]:
    return [one for one in picture.iter(kind) if one.get("class", "").split()[:1] == [name]]


def points(one: ElementTree.Element) -> list[tuple[float, float]]:
    return [tuple(map(float, pair.split(","))) for pair in one.get("points").split()]


def test_the_best_curve_runs_from_corner_to_corner_and_its_band_around_it():
    """Steps 0 to 10 are 44 to 342 units from the left, shares 0 to 1 are 198 to 18 from above."""
    series = [Series("lstm", 0, [Point(0, 0.0, 0.0, 0.5), Point(5, 0.5, 0.25, 0.5), Point(10, 1.0, 1.0, 1.0)])]
    picture = parsed(charts.curves(series, "exact", "step", share=True))
    (line,), (band,) = of(picture, "polyline", "curve"), of(picture, "polygon", "band")
    assert points(line) == [(44, 198), (193, 108), (342, 18)]
    assert points(band) == [(44, 108), (193, 108), (342, 18), (342, 18), (193, 153), (44, 198)]
    assert [one.text for one in picture.iter("title")] == ["lstm: 0 at 0, 1 at 10"]
    assert picture.get("aria-label") == "exact, over step"


@pytest.mark.parametrize(
    ("trained", "area"),
    [((4, 6), (193, 149)), ((2, 4), (44, 149)), ((1, 9), (44, 298)), ((4, 4), (191, 4)), ((7, 9), None), (None, None)],
)
def test_lengths_of_the_training_are_shaded_where_they_were_measured(trained, area):
    series = [Series("lstm", 0, [Point(length, 0.5, 0.4, 0.6) for length in (2, 4, 6)])]
    picture = parsed(charts.by_length(series, "by length", trained))
    shaded = [(float(one.get("x")), float(one.get("width"))) for one in of(picture, "rect", "trained")]
    assert shaded == ([area] if area else []) and ("training lengths" in "".join(picture.itertext())) == bool(area)
    assert [float(one.get("cx")) for one in picture.iter("circle")] == [44, 193, 342]
    assert picture.find("circle")[0].text == "lstm, length 2: 0.5"


def test_a_strip_has_a_linked_dot_for_each_seed_a_stroke_at_the_mark_and_a_bar_for_the_interval():
    dots = [Dot(value, f"seed {value}", f"run-{value}/") for value in (0, 4, 8)]
    strip = Strip("lstm", "4.0", 0, dots, 4.0, (2.0, 6.0))
    picture = parsed(charts.strips([strip, strip._replace(interval=None, mark=None)], "final", "score"))
    assert [one.get("href") for one in picture.iter("a")] == ["run-0/", "run-4/", "run-8/"] * 2
    assert picture.find("a").get("aria-label") == "lstm, seed 0"
    places = [float(one.get("cx")) for one in picture.iter("circle")]
    assert places == [14, 176, 338] * 2
    (bar,), (mark,) = of(picture, "line", "interval"), of(picture, "line", "mark")
    assert (float(bar.get("x1")), float(bar.get("x2")), float(mark.get("x1"))) == (95, 257, 176)


def test_a_history_is_a_staircase():
    dots = [(0, 3.0, "a"), (1, 4.0, "b"), (2, 1.0, "c")]
    picture = parsed(charts.history(dots, [(0, 3.0), (1, 3.0), (2, 1.0)], "loss", "trial"))
    (line,) = of(picture, "polyline", "curve")
    assert points(line) == [(44, 78), (193, 78), (193, 78), (342, 78), (342, 198)]
    assert [(float(one.get("cx")), float(one.get("cy"))) for one in picture.iter("circle")] == [
        (44, 78),
        (193, 18),
        (342, 198),
    ]


def test_no_name_is_markup_and_a_long_one_is_cut_and_shown_on_pointing_at_it():
    name = HOSTILE + "x" * 50
    series = [Series(name, 0, [Point(1, 0.5, 0.5, 0.5), Point(2, 0.5, 0.5, 0.5)])]
    strips = [Strip(name, HOSTILE, None, [Dot(1, HOSTILE, HOSTILE)], None, None)]
    for svg in (
        charts.curves(series, HOSTILE, HOSTILE),
        charts.by_length(series, HOSTILE, (1, 2)),
        charts.strips(strips, HOSTILE, HOSTILE),
        charts.history([(0, 1.0, HOSTILE), (1, 2.0, HOSTILE)], [(0, 1.0)], HOSTILE, HOSTILE),
    ):
        picture = parsed(svg)
        assert picture.get("aria-label").startswith(HOSTILE) and not list(picture.iter("script"))
    picture = parsed(charts.strips(strips, "final", "score"))
    (label,) = of(picture, "text", "name")
    assert label.text == f"{name[:36]}…" and label[0].text == name


def test_a_zero_is_on_the_axis_and_a_line_stands_there():
    strip = Strip("lstm", "", 0, [], -1.0, (-2.0, -0.5))
    picture = parsed(charts.strips([strip], "difference", "score", zero=True))
    (zero,) = of(picture, "line", "zero")
    (bar,) = of(picture, "line", "interval")
    assert float(zero.get("x1")) == 338 and (float(bar.get("x1")), float(bar.get("x2"))) == (14, 257)
