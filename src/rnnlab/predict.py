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


@command_line(__doc__)
def main(arguments: list[str]) -> int:
    """The console script `rnnlab-predict`."""
    given = options(arguments, (), words=True)

    from rnnlab.inference.answer import replies  # imports torch
    from rnnlab.inference.load import ready

    loaded = ready(given.run, given.listed("trust"))
    ask = replies(loaded)

    def reply(typed: str) -> None:
        print(ask(typed), flush=True)

    if not given.words:
        return each_line(reply, lambda error: complain(error, BAD_INPUT))
    for word in given.words:
        loaded.task.parse(word)  # a wrong one is refused before any answer
    for word in given.words:
        reply(word)
    return 0


if __name__ == "__main__":
    sys.exit(main())
