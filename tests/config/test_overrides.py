"""Overrides: of anything that can be typed, each is taken or refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from quick_properties import one_line, quick
from rnnlab.config.compose import composed
from rnnlab.config.overrides import first, parsed, quoted
from rnnlab.errors import InputError


@quick
@given(some.text("abcdefgtaskmodel=.+~@[]{},:()$/ \"'0123456789\n", max_size=25))
def test_an_override_of_anything_is_taken_or_refused(text):
    try:
        composed([text])
    except InputError as error:
        assert one_line(error)


@quick
@given(some.text(max_size=25))
def test_any_text_in_quotes_is_read_as_it_is(text):
    try:
        assert parsed(f"task.path={quoted(text)}").value() == text
    except InputError as error:  # what no file can be named
        assert one_line(error)
        assert not text.isprintable() or "\\" in text


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("lstm", "did you mean 'model=lstm'"),
        ("a=b c=d", "text in quotes, as 'a=\"b c=d\"'"),
        ("nothing", "like task=digitsum"),
    ],
)
def test_what_cannot_be_read_is_answered_with_how_it_can(typed, hint):
    with pytest.raises(InputError) as refusal:
        parsed(typed)
    assert hint in str(refusal.value)


def test_the_first_of_several_values_stands_for_them():
    assert first(parsed("model=rnn,lstm")) == "rnn"
    assert first(parsed("callbacks.early=null")) == "null"
