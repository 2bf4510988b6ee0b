"""What children do in tests; a child that is started anew finds it by this module's name."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from rnnlab.runs.interrupt import stoppable
from rnnlab.sweeps.children import Child


def counts(most: int) -> Iterator[str]:
    for number in range(most):
        yield str(number)


def leaves(code: int) -> None:
    os._exit(code)


def raises() -> None:
    raise ZeroDivisionError


def killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def waits(file: str) -> None:
    """Until it is told to stop; then writes the signal into a file."""
    try:
        with stoppable():
            Path(file).write_text("waiting")
            while True:
                time.sleep(0.01)
    except BaseException as error:
        Path(file).write_text(str(getattr(error, "signum", error)))
        raise


def parents(*files: str) -> None:
    """Has children that wait, and is killed when all of them do."""
    children: list[Child] = []
    for file in files:
        children.append(Child(waits, file, others=children))
    while not all(Path(file).exists() for file in files):
        time.sleep(0.01)
    os.kill(os.getpid(), signal.SIGKILL)
