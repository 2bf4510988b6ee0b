"""The page: the numbers in it are those of the walk, nothing in it runs or is loaded, and a person can use it."""

import base64
import hashlib
import json
import re
import zlib
from html.parser import HTMLParser

import numpy as np
import pytest
import torch

import browser
from rnnlab.errors import shows
from rnnlab.inference.load import load
from rnnlab.inspect import main
from rnnlab.inspection.summary import look
from rnnlab.inspection.whole import walk
from rnnlab.runs import checkpoint
from saved_runs import save, save_adder

HOSTILE = "ab \n\t<>/scriptimg=&;\"'!-\u202e\u2028\x1b\U0001f600é"
TEXT = "</script><img src=a>\"'&amp;<!--\u202e\u2028\x1b\U0001f600 é\n\t"
MARKS = {"\u202e": "\\u202e", "\u2028": "\\u2028", "\x1b": "\\x1b"}
NAME = "a <!--<img>\"'&amp; \u202e\u2028\U0001f600 run"


class Tags(HTMLParser):
    """Every tag, and the text in the last one of each id."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.texts, self.now = [], {}, None
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.now = dict(attributes).get("id", tag)

    def handle_data(self, data):
        self.texts[self.now] = self.texts.get(self.now, "") + data


def page_of(folder, typed):
    loaded = load(folder)
    batch = loaded.task.parse(typed)
    return loaded, batch, look([loaded], [batch]).page


def values(tags, run, place):
    """(N, H) of a field, as the page unpacks it."""
    field = run["fields"][place]
    levels = np.frombuffer(zlib.decompress(base64.b64decode(tags.texts[field["blob"]])), np.uint8)
    levels = levels.reshape(field["units"], len(run["ids"]))
    return (np.array(field["low"])[:, None] + np.array(field["step"])[:, None] * levels).T


@pytest.fixture
def hostile(tmp_path):
    symbols = "".join(dict.fromkeys(HOSTILE))
    return save(tmp_path / NAME, "task=chartext", "model=lstm", vocabulary=symbols)


@torch.no_grad()
def test_values_in_the_page_are_those_of_the_walk_to_half_a_level(hostile):
    loaded, batch, page = page_of(hostile, TEXT)
    tags = Tags(page)
    run = json.loads(tags.texts["data"])["runs"][0]
    assert [field["name"] for field in run["fields"]] == ["hidden", "cell", "input", "forget", "candidate", "output"]
    found = np.concatenate([values(tags, run, 0), values(tags, run, 1)], 1)
    wanted = walk(loaded.network, batch.inputs)[1][0].numpy()
    half = np.concatenate([run["fields"][place]["step"] for place in (0, 1)]) / 2
    assert (abs(found - wanted) <= half + 1e-6).all() and half.max() < abs(wanted).max() / 200
    assert run["top"][::3] == walk(loaded.network, batch.inputs)[0][0].argmax(1).tolist()


def test_whatever_is_read_stays_text(hostile):
    _, _, page = page_of(hostile, TEXT)
    page.encode()
    tags = Tags(page)
    data = json.loads(tags.texts["data"])
    assert "<" not in tags.texts["data"]  # a name like <!--<script> would swallow what follows
    run = data["runs"][0]
    assert "".join(run["symbols"][place] for place in run["ids"]) == "".join(
        MARKS.get(symbol, symbol) for symbol in TEXT
    )
    assert run["name"] == tags.texts["title"].strip() == shows(NAME)
    assert tags.tags.count("script") == 1 + len(run["fields"]) + 1 and "img" not in tags.tags
    assert not set(page) & MARKS.keys()


@pytest.mark.parametrize("node", ["task", "model"])
def test_a_name_in_a_checkpoint_that_is_none_is_refused_in_one_line(node, hostile, capsys):
    best = hostile / "checkpoints" / "best.ckpt"
    saved = checkpoint.read(best)
    saved["config"][node]["name"] = "<script>\u202e\u2028\x1b\"'"
    checkpoint.write(best, saved)
    assert main([str(hostile), "--", TEXT]) == 2 and not (hostile / "inspect").exists()
    err = capsys.readouterr().err
    assert f"({node}.name=<script>" in err and err.count("\n") == 1 and not set(err) & MARKS.keys()


def test_the_page_loads_nothing_and_runs_its_own_script_alone(hostile):
    _, _, page = page_of(hostile, TEXT)
    script = re.findall("<script>(.*?)</script>", page, re.S)
    digest = base64.b64encode(hashlib.sha256(script[0].encode()).digest()).decode()
    assert len(script) == 1 and f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'" in page
    assert set(re.findall(r"https?://[^\"' ]+", page)) <= {"http://www.w3.org/2000/svg"}
    assert not re.findall(r"\ssrc=|\shref=|@import|url\(", re.sub("<script type.*?</script>", "", page, flags=re.S))


ADDED = "123456+98765"

OVERFLOW = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
PLACE = """
const box = document.querySelectorAll(".text [data-step]")[arguments[0]].getBoundingClientRect();
return [box.left + box.width / 2, box.top + box.height / 2];
"""
FACTS = """
const rows = [...document.querySelector(".facts.gates").children].map(one => one.textContent);
return Object.fromEntries(Array.from({length: rows.length / 3}, (_, row) => [rows[3 * row], rows[3 * row + 2]]));
"""
CHOSEN = """
const spans = [...document.querySelector(".text").querySelectorAll("[data-step]")];
return [spans.filter(one => one.classList.contains("chosen")).map(one => Number(one.dataset.step)),
        spans.filter(one => one.classList.contains("found")).map(one => Number(one.dataset.step)),
        [...document.querySelector(".results").querySelectorAll(".chips button")].map(one => Number(one.dataset.unit))];
"""


def number(text):
    return float(text.replace("\u2212", "-"))


@pytest.mark.slow
@pytest.mark.needs("chromium", "chromedriver")
@torch.no_grad()
def test_a_person_picks_a_unit_reads_its_gates_and_finds_where_it_fires(tmp_path):
    save_adder(tmp_path / "run")
    other = save(tmp_path / "other", "task=binaryaddition", "model=lstm")
    assert main([str(tmp_path / "run"), ADDED, f"against={other}"]) == 0
    loaded = load(tmp_path / "run")
    states = walk(loaded.network, loaded.task.parse(ADDED).inputs)[1][0].numpy()  # (T, 3)
    with browser.browser(tmp_path / "profile") as window:
        window.open((tmp_path / "run" / "inspect" / "page.html").as_uri())
        window.wait("Units by correlation with carry", "Inside unit")
        for width in (500, 800, 1400):
            for scheme in ("light", "dark"):
                window.resize(width, 1000)
                window.prefer(scheme)
                assert window.run(OVERFLOW) <= 0, (width, scheme)
        assert len(window.run("return [...document.querySelectorAll('.panel')].map(one => one.textContent)")) == 2

        window.run("document.querySelector('.units').focus()")
        window.press("End")
        window.press("ArrowUp")
        listed = window.run("return document.querySelector('.units').children.length")
        unit = int(window.run("return document.querySelector('.units [aria-selected=true]').dataset.unit"))
        assert listed == 3 and window.run("return document.querySelector('input[type=number]').value") == str(unit + 1)
        assert unit == int(window.run("return document.querySelectorAll('.units [role=option]')[1].dataset.unit"))

        window.point(window.run(PLACE, 7))
        window.wait("symbol 8 of")
        assert number(window.run(FACTS)["hidden"]) == pytest.approx(states[7, unit], abs=0.02)

        window.run("document.querySelector('.text').focus()")
        window.press("Home")
        window.press("ArrowRight")
        window.press("ArrowRight")
        window.press("Shift", "ArrowRight")
        by_keys = window.run(CHOSEN)
        assert by_keys[0] == [2, 3]
        window.open(
            (tmp_path / "run" / "inspect" / "page.html").as_uri() + f"#field=hidden&unit={unit + 1}&symbol=8&span=3-4"
        )
        window.wait("symbol 8 of")
        assert window.run(CHOSEN) == by_keys
        assert window.run("return document.querySelector('input[type=number]').value") == str(unit + 1)
        window.run("document.querySelector('.text').focus()")
        window.press("Escape")
        assert window.run(CHOSEN) == [[], [], []]
        window.point(window.run(PLACE, 2), window.run(PLACE, 3), drag=True)
        chosen, elsewhere, units = window.run(CHOSEN)
        assert [chosen, elsewhere, units] == by_keys
        fires = states >= 0.5
        assert units and sorted(units) == [place for place in range(3) if fires[2:4, place].all()]
        together = fires[:, units].sum(1) >= np.ceil(0.8 * len(units))
        assert elsewhere and elsewhere == [step for step in np.flatnonzero(together).tolist() if step not in (2, 3)]


@pytest.mark.slow
@pytest.mark.needs("chromium", "chromedriver")
def test_a_finger_goes_to_a_symbol_selects_where_it_is_held_and_otherwise_scrolls(tmp_path):
    save_adder(tmp_path / "run")
    assert main([str(tmp_path / "run"), ADDED]) == 0
    with browser.browser(tmp_path / "profile") as window:
        window.resize(500, 1000)
        window.open((tmp_path / "run" / "inspect" / "page.html").as_uri())
        window.wait("Inside unit")
        window.touch(window.run(PLACE, 7))
        window.wait("symbol 8 of")
        assert window.run(CHOSEN) == [[], [], []]
        window.touch(*(window.run(PLACE, step) for step in (2, 3, 5)), held=0.8)
        window.wait("symbol 6 of", "all along")
        assert window.run(CHOSEN)[0] == [2, 3, 4, 5]
        window.touch(*(window.run(PLACE, step) for step in (1, 3)))
        assert window.run(CHOSEN)[0] == [2, 3, 4, 5]
        window.touch(window.run(PLACE, 0))
        window.wait("symbol 1 of")
        assert window.run(CHOSEN) == [[], [], []]


@pytest.mark.slow
@pytest.mark.needs("chromium", "chromedriver")
def test_a_hostile_text_is_shown_and_not_run(hostile, tmp_path):
    assert main([str(hostile), "--", TEXT]) == 0
    with browser.browser(tmp_path / "profile") as window:
        window.open((hostile / "inspect" / "page.html").as_uri())
        window.wait("Inside unit")
        shown = window.run("return [...document.querySelectorAll('.text [data-step]')].map(one => one.textContent)")
        marks = {"\n": "\u21b5\n", "\t": "\u21e5\t"} | MARKS
        assert shown == [marks.get(symbol, symbol) for symbol in TEXT]
        assert window.run("return document.querySelectorAll('img').length") == 0
        assert shows(NAME) == window.run("return document.querySelector('h2').textContent")
