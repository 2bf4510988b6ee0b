"""Tidy tables: one observation a row, one variable a column."""

import importlib.util
from typing import Any

Rows = list[dict[str, Any]]


def table(rows: Rows) -> Any:
    """A pandas.DataFrame of the rows where pandas is installed; otherwise the rows, all with the same keys."""
    columns = dict.fromkeys(key for row in rows for key in row)
    if importlib.util.find_spec("pandas") is None:
        return [{key: row.get(key) for key in columns} for row in rows]
    import pandas

    return pandas.DataFrame(rows, columns=list(columns))
