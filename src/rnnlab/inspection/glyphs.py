"""A font of 3 x 5 dots, so that pictures can name their axes without a library for drawing."""

import numpy as np

HEIGHT, WIDTH = 5, 3

DRAWN = """
00000 22202 55000 57575 36236 51245 25253 22000 12221 42224 05250 02720 00024 00700 00002 11244
75557 26227 71747 71717 55711 74717 74757 71122 75757 75717 02020 02024 12421 07070 42124 71202
35743 25755 65656 34443 65556 74647 74644 34553 55755 72227 11152 55655 44447 57755 65555 25552
65644 25573 65655 34216 72222 55557 55552 55775 55255 55222 71247 64446 44211 31113 25000 00007
42000 03553 44656 03443 11353 02743 12722 03536 44655 20222 10116 45665 62223 05775 06555 02552
06564 03531 03444 03636 27221 05553 05552 05577 05225 05536 07147 32623 22222 62326 03600
"""
"""Of the characters from the blank to the tilde, five rows of three dots each: 4 is the left one, 2 the middle, 1 the
right."""

ROWS = DRAWN.split()

UNKNOWN = "77777"


def dots(character: str) -> np.ndarray:
    """(5, 3) bool: where a character has its dots; all of them for one that is not in the font."""
    place = ord(character) - 32
    rows = ROWS[place] if 0 <= place < len(ROWS) else UNKNOWN
    return np.array([[int(row) & bit > 0 for bit in (4, 2, 1)] for row in rows])
