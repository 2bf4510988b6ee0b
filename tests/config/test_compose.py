"""Overrides: of anything that can be typed, each is taken or refused."""

from hypothesis import given
from hypothesis import strategies as some

from quick_properties import one_line, quick
from rnnlab.config.compose import check_overrides
from rnnlab.errors import InputError


@quick
@given(some.text("abcdefgtaskmodel=.+~@[]{},:()$/ \"'0123456789\n", max_size=25))
def test_an_override_of_anything_is_taken_or_refused(text):
    try:
        check_overrides([text])
    except InputError as error:
        assert one_line(error)
