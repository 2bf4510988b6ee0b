"""A table in each of its forms, cell by cell."""

from xml.etree import ElementTree

import pytest

from rnnlab.reports.table import Link, Table, in_latex, in_markdown

TABLE = Table(["name", "score"], [["a", "1"], [Link("b", "x/?y&z"), "22"]], 1)


def test_on_a_terminal_words_stand_left_and_numbers_right():
    made = TABLE.terminal()
    assert [column.justify for column in made.columns] == ["left", "right"]
    assert [[cell.plain for cell in column.cells] for column in made.columns] == [["a", "b"], ["1", "22"]]


def test_in_markdown_and_latex_too():
    assert TABLE.markdown() == ["| name | score |", "| --- | --: |", "| a | 1 |", "| b | 22 |"]
    lines = [r"\begin{tabular}{lr}", r"\toprule", r"name & score \\", r"\midrule", r"a & 1 \\", r"b & 22 \\"]
    assert TABLE.latex() == [*lines, r"\bottomrule", r"\end{tabular}"]


def test_on_the_page_headers_are_headers_and_links_links():
    page = ElementTree.fromstring(TABLE.html("scores", "<Scores>"))
    assert (page.get("role"), page.get("aria-label"), page.get("tabindex")) == ("region", "<Scores>", "0")
    assert page[0].get("class") == "scores"
    assert [(one.text, one.get("scope"), one.get("class")) for one in page.iter("th")] == [
        ("name", "col", None),
        ("score", "col", "number"),
    ]
    assert [(one.text, one.get("href")) for one in page.iter("a")] == [("b", "x/?y&z")]


def test_only_some_numbers_leave_the_words_where_they_are():
    table = Table(["a", "b", "c", "d"], [["1", "2", "3", "4"]], 2)
    assert table.only(["d"]) == Table(["a", "b", "d"], [["1", "2", "4"]], 2)


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("a_b & 5 % {x}$#", r"a\_b \& 5 \% \{x\}\$\#"),
        (r"\input", r"\textbackslash{}input"),
        ("~^<|>", r"\textasciitilde{}\textasciicircum{}\textless{}\textbar{}\textgreater{}"),
        ("-0.5 to -1, a-1, 1e-05, -", "$-$0.5 to $-$1, a-1, 1e-05, -"),
    ],
)
def test_latex_takes_text_for_text(text, safe):
    assert in_latex(text) == safe


def test_markdown_takes_text_for_text():
    assert in_markdown("a*b [c](d) `e` <f> _g_ h_i |&") == r"a\*b \[c\](d) \`e\` \<f\> \_g\_ h_i \|&amp;"
