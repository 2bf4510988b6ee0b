"""Is one combination better than another? Each of a task against the best one."""

from collections.abc import Sequence
from typing import NamedTuple

from rnnlab.config.objectives import is_share
from rnnlab.reports.contrast import LEVEL, Contrast, holm, paired, welch
from rnnlab.reports.row import Row

METHOD = (
    "difference: of the mean to that of the best row, with its own 95 % interval; by pairs of the same seed where both "
    "rows have the same seeds (t), otherwise Welch's t; p: of no difference, after Holm's correction (1979) over the "
    "rows of the table; g: Hedges' (1981), in standard deviations; told apart: p below 0.05"
)


class Versus(NamedTuple):
    """A combination against the best of its task: the contrast, and its p after Holm's correction."""

    row: Row
    contrast: Contrast
    p: float | None

    @property
    def apart(self) -> bool | None:
        """Whether the two are told apart; None where nothing can be said."""
        return None if self.p is None else self.p < LEVEL


def versus_best(rows: Sequence[Row]) -> list[Versus]:
    """Every scored row but the best against the best, in the order of the rows."""
    scored = [row for row in rows if row.scores]
    others = scored[1:]
    contrasts = [_contrast(scored[0], row) for row in others]
    corrected = holm([contrast.p for contrast in contrasts])
    return [Versus(*each) for each in zip(others, contrasts, corrected, strict=True)]


def answer(best: str, found: Sequence[Versus]) -> str:
    """What comparing the rows with the best, of that name, comes to, in a sentence."""
    worse, level, unknown = ([one.row.name for one in found if one.apart is kind] for kind in (True, False, None))
    parts = [f"is better than {_listed(worse)}"] if worse else []
    parts += [f"cannot be told apart from {_listed(level)}"] if level else []
    parts += [f"cannot be compared with {_listed(unknown)} (too few seeds, or none that differ)"] if unknown else []
    return f"{best} {', '.join(parts[:-1])}{' and ' if len(parts) > 1 else ''}{parts[-1]}"


def _listed(names: list[str], most: int = 3) -> str:
    return ", ".join(names) if len(names) <= most else f"{len(names)} others"


def _contrast(best: Row, row: Row) -> Contrast:
    seeds = [[run.seed for run in one.counted] for one in (best, row)]
    found = (paired if seeds[0] == seeds[1] else welch)(best.scores, row.scores)
    if not is_share(row.objective) or found.low is None or found.high is None:
        return found
    return found._replace(low=max(found.low, -1.0), high=min(found.high, 1.0))
