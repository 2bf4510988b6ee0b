"""The page of a report, as Chromium shows it: the numbers that stand there, and that all of it can be read."""

import json
import re
import statistics
from pathlib import Path

import pytest

import browser
from example_runs import EXACT
from rnnlab.report import main
from rnnlab.reports.tables import MEASURES

pytestmark = [pytest.mark.slow, pytest.mark.needs("chromium", "chromedriver")]

T_OF_2 = 4.302652729911275
"""Student's t, 2 degrees of freedom, 97.5 % (from a printed table, to 5 digits, and there on by bisection)."""

HEADER = "length,inputs,rows,exact,asked,right,exact_match,exact_match_low,exact_match_high\n"
LENGTHS = {4: [1.0, 0.9, 0.95], 8: [0.5, 0.6, 0.4], 16: [0.0, 0.2, 0.1]}
"""Exact match of the seeds by length."""

COLLISIONS = """
const found = [];
for (const picture of document.querySelectorAll("figure svg")) {
  const frame = picture.getBoundingClientRect(), texts = [...picture.querySelectorAll("text")];
  const boxes = texts.map(text => text.getBoundingClientRect());
  boxes.forEach((a, i) => {
    if (a.left < frame.left - 1 || a.right > frame.right + 1 || a.top < frame.top - 1 || a.bottom > frame.bottom + 1)
      found.push("cut: " + texts[i].textContent);
    boxes.slice(i + 1).forEach((b, j) => {
      if (a.left < b.right && b.left < a.right && a.top + 3 < b.bottom && b.top + 3 < a.bottom)
        found.push(texts[i].textContent + " over " + texts[i + 1 + j].textContent);
    });
  });
}
return found;
"""

FIGURES = """
return [...document.querySelectorAll("figure")].map(figure => ({
  title: figure.querySelector("h3").textContent,
  ticks: [...figure.querySelectorAll("text")].map(t => [t.textContent, t.x.baseVal[0].value, t.y.baseVal[0].value]),
  curves: [...figure.querySelectorAll("polyline")].map(
    line => [line.firstElementChild.textContent.split(":")[0], [...line.points].map(point => [point.x, point.y])]),
  bands: [...figure.querySelectorAll("polygon")].map(band => [...band.points].map(point => point.y)),
  dots: [...figure.querySelectorAll("a")].map(
    dot => [new URL(dot.href.baseVal, document.baseURI).href, dot.textContent, dot.firstElementChild.cx.baseVal.value]),
  marks: [...figure.querySelectorAll("line.mark")].map(line => line.x1.baseVal.value),
}));
"""


@pytest.fixture
def page(runs: Path, tmp_path: Path):
    for path in runs.glob("*/*/run-*"):
        record = json.loads((path / "run.json").read_text())
        record["config"]["data"] = {"lengths": [2, 4]}
        (path / "run.json").write_text(json.dumps(record))
        rows = [
            f"{length},{inputs},10,0,1,1,{shares[record['seed'] - 1]},0.0,1.0\n"
            for length, shares in LENGTHS.items()
            for inputs in ("random", "zeros", '"zeros, but few"')
        ]
        (path / "lengths.csv").write_text(HEADER + "".join(rows))
    assert main([str(runs)]) == 0
    with browser.browser(tmp_path / "profile") as window:
        window.open((runs / "report.html").as_uri())
        yield window


def figure(page: browser.Browser, title: str) -> dict:
    return next(one for one in page.run(FIGURES) if one["title"] == title)


def shares(one: dict) -> dict[str, list[float]]:
    """The heights of a figure's curves, read off against the labels 0 and 1 of its axis."""
    zero, top = (next(y for text, x, y in one["ticks"] if text == label and x < 44) for label in ("0", "1"))
    zero, top = zero - 4, top - 4  # labels stand 4 units lower than their lines
    return {name: [(zero - y) / (zero - top) for _, y in points] for name, points in one["curves"]}


def test_its_numbers_are_those_worked_out_by_hand(page):
    rows = page.run(
        "return [...document.querySelectorAll('table.results tr')].map(row => [...row.cells].map(c => c.textContent))"
    )
    assert rows[0] == ["model", *MEASURES]
    for row, model in zip(rows[1:], ("lstm", "rnn"), strict=True):
        mean = statistics.fmean(EXACT[model])
        half = T_OF_2 * statistics.stdev(EXACT[model]) / 3**0.5
        expected = [
            f"{mean:.4f}",
            f"{mean - half:.4f} to {min(mean + half, 1):.4f}",
            "-" if model == "lstm" else "0.085",
        ]
        middles = [f"{value:.4f}" for value in (statistics.median(EXACT[model]), mean, max(EXACT[model]))]
        solved = ["1 of 3", "1.0 s"] if model == "lstm" else ["0 of 3", "-"]
        assert row == [model, "3", *expected, *middles, *solved, "20.0 s"]


def test_its_curves_and_dots_lie_where_the_values_are(page):
    for model, heights in shares(figure(page, "exact_match/validation")).items():
        assert heights == pytest.approx([0.5, statistics.fmean(EXACT[model])], abs=1e-3)
    for inputs in ("random", "adversarial"):
        for heights in shares(figure(page, f"exact match by length, {inputs} inputs")).values():
            assert heights == pytest.approx([statistics.fmean(seeds) for seeds in LENGTHS.values()], abs=1e-3)
    final = figure(page, "exact_match/test, final")
    values = [value for model in ("lstm", "rnn") for value in EXACT[model]]
    places = [x for _, _, x in final["dots"]]
    scale = (places[0] - places[3]) / (values[0] - values[3])
    for model, mark in zip(("lstm", "rnn"), final["marks"], strict=True):
        assert (mark - places[3]) / scale + values[3] == pytest.approx(statistics.fmean(EXACT[model]), abs=1e-4)
    for value, (_, text, x) in zip(values, final["dots"], strict=True):
        assert (x - places[3]) / scale + values[3] == pytest.approx(value, abs=1e-3) and f"{value:.4f}" in text


def test_bands_reach_from_the_lowest_seed_to_the_highest(page):
    one = figure(page, "exact_match/validation")
    for model, band in zip(("lstm", "rnn"), one["bands"], strict=True):
        named = {"curves": [(model, [(0, y) for y in band])], "ticks": one["ticks"]}
        low, high = min(EXACT[model]), max(EXACT[model])
        assert shares(named)[model] == pytest.approx([0.5, high, low, 0.5], abs=1e-3)


def test_every_chart_and_every_dot_has_a_name_for_who_cannot_see(page):
    """As Chromium tells screen readers: no link or picture without a name, and the ticks of axes are left out."""
    nodes = page.accessibility()
    kinds = {
        role: [node["name"] for node in nodes if node["role"] == role] for role in ("group", "link", "image", "img")
    }
    pictures = page.run(
        "return [...document.querySelectorAll('figure svg')].map(one => one.getAttribute('aria-label'))"
    )
    assert len(pictures) == 7 and set(pictures) <= set(kinds["group"])
    dots = page.run("return document.querySelectorAll('figure circle, figure polyline').length")
    assert len(kinds["image"] + kinds["img"]) >= dots and all(kinds["image"] + kinds["img"] + kinds["link"])
    assert "lstm, seed 2: 1.0000" in kinds["link"]
    assert not {"0.2", "optimizer step"} & {node["name"] for node in nodes}


def test_every_run_is_linked_and_its_page_is_there(page):
    links = page.run("return [...document.querySelectorAll('table.runs a')].map(one => one.href)")
    assert len(links) == 6 and all(Path(link.removeprefix("file://")).is_file() for link in links)
    assert {href for href, _, _ in figure(page, "exact_match/test, final")["dots"]} == set(links)


@pytest.mark.parametrize("width", [1400, 500])
def test_nor_on_the_page_of_a_run_where_everything_has_a_name_too(page, runs, width):
    page.resize(width, 900)
    page.open((runs / "report_runs" / "0001.html").as_uri())
    assert page.run(COLLISIONS) == []
    assert page.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    named = [node for node in page.accessibility() if node["role"] in ("link", "image", "img", "region")]
    assert len(named) > 15 and all(node["name"] for node in named)


@pytest.mark.parametrize("width", [1400, 900, 500])
def test_no_text_lies_on_another_or_is_cut_and_the_page_is_no_wider_than_the_window(page, width):
    page.resize(width, 900)
    assert page.run(COLLISIONS) == []
    assert page.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


def test_it_is_dark_for_who_likes_it_dark_and_loads_nothing(page):
    seen = []
    for scheme in ("light", "dark"):
        page.prefer(scheme)
        style = "const style = getComputedStyle(document.body); return [style.backgroundColor, style.color]"
        seen.append([sum(map(int, re.findall(r"\d+", colour)[:3])) for colour in page.run(style)])
    (light, dark_ink), (dark, light_ink) = seen
    assert light > 700 and dark < 100 and dark_ink < 100 and light_ink > 700
    assert page.run("return performance.getEntriesByType('resource').length") == 0
