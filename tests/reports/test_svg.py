"""Shapes of a chart: what has a meaning has a name, and no name is markup."""

from xml.etree import ElementTree

from rnnlab.reports import svg

HOSTILE = '"><script>&'


def test_a_picture_and_all_that_has_a_meaning_is_named():
    parts = [svg.curve([(1, 2), (3.14, 4)], "curve c0", HOSTILE), svg.dot(5, 6, 2, "dot c1", HOSTILE)]
    picture = ElementTree.fromstring(svg.picture([*parts, svg.dot(7, 8, 2, "dot", HOSTILE, HOSTILE)], HOSTILE, 50))
    assert (picture.get("aria-label"), picture.get("role"), picture.get("viewBox")) == (HOSTILE, "group", "0 0 360 50")
    assert [(one.tag, one.get("role"), one[0].text) for one in picture.iter() if one.get("role") == "img"] == [
        ("polyline", "img", HOSTILE),
        ("circle", "img", HOSTILE),
        ("circle", "img", HOSTILE),
    ]
    (link,) = picture.iter("a")
    assert link.get("href") == link.get("aria-label") == HOSTILE and not list(picture.iter("script"))
    assert picture[0].get("points") == "1.0,2.0 3.1,4.0"


def test_what_only_the_eye_needs_is_not_read():
    parts = [svg.line(0, 1, 2, 3, "grid"), svg.area(10, 20, 40, 50, "trained"), svg.text(1, 2, "x", "end")]
    group = ElementTree.fromstring(svg.unread(parts))
    assert group.get("aria-hidden") == "true" and [one.tag for one in group] == ["line", "rect", "text"]
    assert (group[1].get("width"), group[1].get("height")) == ("30.0", "30.0")
    assert ElementTree.fromstring(svg.band([(0, 0), (1, 1)], "band")).get("aria-hidden") == "true"


def test_long_words_are_cut_and_shown_on_pointing_at_them():
    assert (svg.cut("abcd", 4), svg.cut("abcde", 4), svg.cut("abc", 0)) == ("abcd", "abc…", "a…")
    made = ElementTree.fromstring(svg.text(1, 2, svg.cut(HOSTILE, 4), "start", "name", HOSTILE))
    assert made.text == '"><…' and made[0].text == HOSTILE and made.get("class") == "name"
