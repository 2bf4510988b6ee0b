"""What is shown to a person is data: it must not move the cursor, change colours or hide text."""

import sys
import unicodedata

HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Unicode categories that are escaped: controls, directions and other invisible marks, and what has no shape."""


def shows(text: str) -> str:
    r"""The text with everything but line breaks, tabs and visible characters escaped, as `\x1b` or `\u202e`."""
    return "".join(
        character
        if character in "\n\t" or unicodedata.category(character) not in HIDDEN
        else character.encode("unicode_escape").decode()
        for character in text
    )


def prepare() -> None:
    """Lets stdout write any character: one that its encoding lacks is escaped."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure:
        reconfigure(errors="backslashreplace")
