"""What a trained network may be asked with."""

import math

import pytest

from rnnlab.errors import InputError, check
from rnnlab.inference import bounds


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (bounds.TEMPERATURE, [0, 0.5, 7], [-1, math.nan, "hot"]),
        (bounds.TOP_P, [0.1, 1], [0, 1.1]),
        (bounds.TOP_K, [1, 1_000_000], [0, 1.5]),
        (bounds.SEED, [0, 2**32 - 1], [-1, 2**32]),
    ],
)
def test_bounds_hold_what_they_say(kind, good, bad):
    for value in good:
        check("it", value, kind)
    for value in bad:
        with pytest.raises(InputError, match=r"it="):
            check("it", value, kind)


def test_only_a_file_is_read(tmp_path):
    (tmp_path / "file").touch()
    bounds.check_file(str(tmp_path / "file"))
    for path in (tmp_path, tmp_path / "none"):
        with pytest.raises(InputError, match=r"input="):
            bounds.check_file(str(path))
