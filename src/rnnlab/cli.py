"""What the command lines share: whatever goes wrong ends in one line and the right exit code.

Nothing here imports torch or Hydra, so a mistake is answered at once.
"""

import os
import sys
from collections.abc import Callable, Sequence

from rnnlab.errors import InputError, RunFailed
from rnnlab.interrupt import STOP, Interrupted
from rnnlab.run import first_process

BAD_INPUT, FAILED = 2, 1


def guarded(command: Callable[[list[str]], int], arguments: Sequence[str] | None) -> int:
    """Runs a command; whatever goes wrong ends in one line on stderr and the right exit code.

    Bad input is 2, a failed run 1, a SIGINT 130, a SIGTERM 143. HYDRA_FULL_ERROR=1 shows the traceback instead.
    """
    STOP.listen()
    full = os.environ.get("HYDRA_FULL_ERROR") == "1"
    os.environ["HYDRA_FULL_ERROR"] = "1"  # Hydra then raises what goes wrong instead of printing it
    try:
        return command(list(sys.argv[1:] if arguments is None else arguments))
    except InputError as error:
        if full:
            raise
        return complain(error, BAD_INPUT)
    except RunFailed as error:
        if full:
            raise
        if not first_process() and error.__cause__ is None:
            return 0  # the first process says it
        return complain(error, FAILED)
    except Interrupted as error:
        return complain(error, error.exit_code) if first_process() else 0
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what reads our output has gone
        return FAILED
    except Exception as error:
        if full:
            raise
        what = f"unexpected {type(error).__name__}, {error}"
        return complain(f"{what}: a fault of rnnlab, HYDRA_FULL_ERROR=1 shows where", FAILED)
    finally:
        os.environ.pop("HYDRA_FULL_ERROR")
        if full:
            os.environ["HYDRA_FULL_ERROR"] = "1"


def complain(error: object, code: int) -> int:
    """One line on stderr."""
    print(f"rnnlab: error: {' '.join(str(error).split())}", file=sys.stderr)
    return code
