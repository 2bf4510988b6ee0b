"""What a run got wrong, as a page shows it, whoever wrote its answers.json."""

import json
from xml.etree import ElementTree

import pytest

from example_runs import write
from rnnlab.reports.answers import confusion, figures

KEPT = {
    "asked": 1000,
    "wrong": 3,
    "classes": ["0", "1", "="],
    "counts": [[9, 1, 0], [0, 30, 0], [0, 0, 0]],
    "confused": [{"right": "0", "answered": "\n", "count": 1, "of": 10}, {"right": " "}],
    "worst": [{"answered": "01=0.", "right": "01=1.", "nats": 3.25}],
    "written": "a\n\x1b[2J<b>",
}


def shown(tmp_path, kept: object) -> list[ElementTree.Element]:
    run = write(tmp_path / "run")
    (run.folder / "answers.json").write_text(kept if isinstance(kept, str) else json.dumps(kept))
    return [ElementTree.fromstring(one) for one in figures(run)]


def cells(table: ElementTree.Element) -> list[list[str]]:
    return [[cell.text or "" for cell in row] for row in table.iter("tr")]


def test_each_row_of_the_confusions_is_a_right_class_and_what_never_occurs_is_left_out():
    table = ElementTree.fromstring(confusion(KEPT))
    assert cells(table) == [["", "0", "1"], ["0", "9", "1"], ["1", "", "30"]]
    assert [cell.get("style") for cell in table.iter("td")] == ["--s: 0.900", "--s: 0.100", "--s: 0.000", "--s: 1.000"]
    assert {cell.get("scope") for cell in table.iter("th")} == {None, "col", "row"}


def test_all_that_there_is_is_shown_as_text(tmp_path):
    pictures = shown(tmp_path, KEPT)
    assert [one.find("h3").text for one in pictures] == [
        "what it takes for what",
        "confused most often",
        "furthest from right",
        "what it writes",
    ]
    assert cells(pictures[1])[1:] == [["0", "\\n", "1", "10"], ["space", "?", "?", "?"]]
    assert cells(pictures[2])[1] == ["01=0.", "01=1.", "3.2500"]
    assert next(pictures[3].iter("pre")).text == "a\n\\x1b[2J<b>"
    assert "wrong at 3 of 1,000 steps" in pictures[0].find("figcaption").text


@pytest.mark.parametrize(
    "rubbish",
    [
        {"counts": [[1, 2]], "classes": ["a", "b"]},
        {"counts": [[-1]], "classes": ["a"]},
        {"counts": [["x"]], "classes": ["a"]},
        {"counts": 3, "classes": {}},
        {"counts": [[0] * 99] * 99, "classes": ["a"] * 99},
        {"confused": "x", "worst": [3], "written": 5},
    ],
)
def test_rubbish_is_not_shown(rubbish, tmp_path):
    assert shown(tmp_path, rubbish) == []


def test_a_file_that_is_none_is_named_and_no_file_is_nothing(tmp_path):
    run = write(tmp_path / "a")
    assert figures(run) == [] and run.problems == []
    (run.folder / "answers.json").write_text("{")
    assert figures(run) == [] and run.problems[0].startswith("answers.json: no json")
    (run.folder / "answers.json").write_text(json.dumps({"worst": [{"answered": "<script>", "nats": float("nan")}]}))
    assert "<script>" not in figures(run)[0]
