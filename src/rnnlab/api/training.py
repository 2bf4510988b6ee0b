"""A training, begun from Python."""

from rnnlab.reports.records import Run
from rnnlab.training.start import start_here


def train(overrides: list[str], config_dir: str | None) -> Run:
    """One training in this process; the run that it made. Raises as `rnnlab.train`."""
    return Run(start_here(overrides, config_dir))
