"""docs/python.md and the notebook do what they show, in order."""

import ast
import contextlib
import io
import json
import re

import pytest

from rnnlab.config.compose import CONF

PAGE, NOTEBOOK = CONF.parent / "docs" / "python.md", CONF.parent / "examples" / "first_hour.ipynb"

pytestmark = pytest.mark.skipif(not PAGE.is_file(), reason="the docs are not here: this is an installed package")


def follow(blocks, names):
    """Runs code block after block; what a `print` at the end of whose line a comment stands must print that."""
    for block in blocks:
        lines = block.splitlines()
        for statement in ast.parse(block).body:
            own = lines[statement.lineno - 1 : statement.end_lineno]
            said = [
                line.partition(")  # ")[2] for line in own if line.lstrip().startswith("print(") and ")  # " in line
            ]
            with contextlib.redirect_stdout(io.StringIO()) as out:
                exec(compile(ast.Module([statement], []), str(PAGE), "exec"), names)
            if said:
                assert out.getvalue().splitlines() == said


@pytest.mark.slow
def test_every_block_of_the_page_runs_in_order_and_prints_what_it_says(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) > 5
    follow(blocks, {})


@pytest.mark.slow
@pytest.mark.needs("matplotlib", "pandas")
def test_every_cell_of_the_notebook_runs_in_order(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "agg")
    cells = [cell for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
    names: dict = {}
    follow(["".join(cell["source"]) for cell in cells], names)
    names["figure"].savefig("gates.png")
    assert len(cells) > 8 and sorted(set(names["curves"]["model"])) == ["gru", "lstm", "rnn"]
    assert names["counter"].answer("1294").right and names["adder"].scores["exact_match/test"] == 1.0


def test_the_notebook_is_kept_without_outputs():
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in cells)
