"""Markdown and LaTeX: text that means nothing to them, and tables that they set."""

import re
from pathlib import Path

import pytest

from example_runs import write
from rnnlab.reports import tables, texts
from rnnlab.reports.comparison import compare
from rnnlab.reports.records import find, read

HOSTILE = "=a|b*<i>\n_x"


@pytest.fixture
def hostile(tmp_path):
    """Two runs of a model whose name means something elsewhere, one of them done."""
    done = write(tmp_path / "done", HOSTILE, metrics={"exact_match/test": 0.5})
    return compare([done, write(tmp_path / "fell", HOSTILE, seed=2, status="failed", reason="a|b")])


def test_markdown_takes_text_for_text(hostile):
    lines = texts.markdown(hostile, Path("out")).splitlines()
    table = [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines if line.startswith("|")]
    assert {len(row) for row in table} == {len(tables.results(hostile.comparisons[0]).headers)}
    assert table[2][0].strip() == "=a\\|b\\*\\<i\\>\N{REPLACEMENT CHARACTER}\\_x"
    assert any(line.endswith("fell: failed: a\\|b") for line in lines)


def test_each_task_has_a_chapter_and_what_is_better_stands_in_it(runs):
    write(runs / "text", task="chartext", config={"task": {"name": "chartext"}}, metrics={"bits_per_character/test": 2})
    text = texts.markdown(compare(read(find([runs]))[0]), runs)
    chapters = re.split(r"^## ", text, flags=re.MULTILINE)
    assert [chapter.split(":")[0] for chapter in chapters[1:3]] == ["digitsum", "chartext"]
    assert "\nlstm cannot be told apart from rnn.\n" in chapters[1] and "told apart" not in chapters[2]


def test_latex_has_two_tables_of_a_task_with_the_rules_of_booktabs(runs):
    text = texts.latex(compare(read(find([runs]))[0]))
    assert text.startswith("% needs \\usepackage{booktabs}\n") and text.count("\\begin{table}") == 2
    for rule in ("toprule", "midrule", "bottomrule"):
        assert text.count(f"\\{rule}\n") == 2
    assert "\nlstm & 3 & 0.9950 & 0.9826 to 1.0000 & - & 0.9950 & 0.9950 & 1.0000 \\\\\n" in text
    assert "\nrnn & $-$0.0650 & $-$0.1519 to 0.0219 & 0.085 & $-$2.02 & pairs & no \\\\\n" in text


def test_latex_takes_text_for_text(hostile):
    text = texts.latex(hostile)
    assert "=a\\textbar{}b*\\textless{}i\\textgreater{}\N{REPLACEMENT CHARACTER}\\_x & 1 & 0.5000" in text
