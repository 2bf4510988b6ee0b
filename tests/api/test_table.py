"""Tables are pandas' where there is pandas, and plain rows otherwise."""

import sys

import pytest

from rnnlab.api import table as module
from rnnlab.api.table import table

ROWS = [{"a": 1, "b": 2.5}, {"a": 2, "c": "x"}]


def test_without_pandas_every_row_has_every_column(monkeypatch):
    monkeypatch.setattr(module.importlib.util, "find_spec", lambda name: None)
    assert table(ROWS) == [{"a": 1, "b": 2.5, "c": None}, {"a": 2, "b": None, "c": "x"}]
    assert table([]) == []


def test_with_pandas_they_are_a_data_frame_with_the_columns_in_their_order(tmp_path, monkeypatch):
    (tmp_path / "pandas.py").write_text("def DataFrame(rows, columns):\n    return 'frame', rows, columns\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "pandas", raising=False)
    assert table(ROWS) == ("frame", ROWS, ["a", "b", "c"])


@pytest.mark.needs("pandas")
def test_with_pandas_itself_what_is_missing_in_a_row_is_missing():
    frame = table(ROWS)
    assert list(frame.columns) == ["a", "b", "c"] and frame["a"].tolist() == [1, 2]
    assert frame["b"].isna().tolist() == [False, True]
