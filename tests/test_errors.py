"""What is refused, and how it is said."""

import math
from typing import Annotated

from hypothesis import given
from hypothesis import strategies as some

from quick_properties import one_line, quick
from rnnlab.errors import Bounds, InputError, check, whole


@quick
@given(some.integers() | some.floats() | some.text() | some.none() | some.booleans() | some.lists(some.none()))
def test_a_value_is_in_range_or_refused(value):
    try:
        check("key", value, Annotated[float, Bounds(0, 10)])
    except InputError as error:
        assert one_line(error)
        bad = isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 10
        assert bad or math.isnan(value)
    else:
        assert 0 <= value <= 10
    try:
        assert whole("key", value, 1) == value >= 1
    except InputError as error:
        assert one_line(error)
