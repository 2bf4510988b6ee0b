"""What a trained model answers, and whether that is right.

python -m rnnlab.predict RUN 12345 999999    for digitsum
python -m rnnlab.predict RUN 9+60            for binaryaddition, whole numbers of any size
python -m rnnlab.predict RUN                 reads questions from standard input, one a line, and answers as it reads

trust=[PACKAGE]    packages whose classes a checkpoint may name
A question that looks like key=value goes after --. One of another length than those of the training is answered with a
warning, once.
"""

import sys
from collections.abc import Sequence

from rnnlab.cli.arguments import options, wants_help
from rnnlab.cli.guard import BAD_INPUT, complain, guarded
from rnnlab.errors import InputError, shown, warn

LONGEST = 1 << 20
"""Bytes of a line, its end included: more are refused, so that no device can fill the memory."""


def command(arguments: list[str]) -> int:
    """The command line."""
    if wants_help(arguments, __doc__):
        return 0
    given = options(arguments, (), words=True)

    from rnnlab.inference.answer import ask, check_answers, outside  # imports torch
    from rnnlab.inference.load import ready
    from rnnlab.inference.score import trained_lengths

    loaded = ready(given.run, given.listed("trust"))
    task = loaded.task
    check_answers(task)
    told = {""}
    try:
        trained = trained_lengths(loaded)
    except InputError:  # they stood in a file that is gone
        trained = []

    def reply(typed: str) -> None:
        question = task.parse(typed)
        unusual = outside(task, question, trained) if trained else ""
        if unusual not in told:
            warn(f"{shown(typed, 40)} is {unusual}")
            told.add(unusual)
        print(ask(loaded.network, task, question), flush=True)

    if given.words:
        for word in given.words:  # a wrong one is refused before any answer
            task.parse(word)
        for word in given.words:
            reply(word)
        return 0
    code = 0
    while line := sys.stdin.buffer.readline(LONGEST):
        try:
            typed = decoded(line)
            if typed:
                reply(typed)
        except InputError as error:  # the next line may be a better one
            code = complain(error, BAD_INPUT)
    return code


def decoded(line: bytes) -> str:
    """A line as text, without the space around it. Raises InputError where it is not UTF-8, or not a whole line."""
    if not line.endswith(b"\n") and len(line) == LONGEST:
        while (rest := sys.stdin.buffer.readline(LONGEST)) and not rest.endswith(b"\n"):
            pass
        raise InputError("a line is too long", f"at most {LONGEST:,} bytes", "input", repr(line[:40]))
    try:
        return line.decode().strip()
    except UnicodeDecodeError as error:
        where = f"byte {error.start + 1} of a line is not UTF-8"
        raise InputError(where, "a question in plain text", "input", repr(line)) from None


def main(arguments: Sequence[str] | None = None) -> int:
    """The console script `rnnlab-predict`."""
    return guarded(command, arguments)


if __name__ == "__main__":
    sys.exit(main())
