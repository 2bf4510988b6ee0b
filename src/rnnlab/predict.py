"""What a trained model answers, and whether that is right.

python -m rnnlab.predict RUN 12345 999999    for digitsum
python -m rnnlab.predict RUN 9+60            for binaryaddition, whole numbers of any size
python -m rnnlab.predict RUN                 reads questions from standard input, one a line, and answers as it reads

trust=[PACKAGE]    packages whose classes a checkpoint may name
A question that looks like key=value goes after --. One of another length than those of the training is answered with a
warning, once.
"""

import sys

from rnnlab.cli.arguments import options
from rnnlab.cli.guard import BAD_INPUT, command_line, complain
from rnnlab.cli.terminal import each_line
from rnnlab.errors import InputError, shown, warn


@command_line(__doc__)
def main(arguments: list[str]) -> int:
    """The console script `rnnlab-predict`."""
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

    if not given.words:
        return each_line(reply, lambda error: complain(error, BAD_INPUT))
    for word in given.words:
        task.parse(word)  # a wrong one is refused before any answer
    for word in given.words:
        reply(word)
    return 0


if __name__ == "__main__":
    sys.exit(main())
