"""Settings for properties that hypothesis tries on whatever it thinks of."""

from hypothesis import HealthCheck, settings

from rnnlab.errors import InputError

quick = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def one_line(error: InputError) -> bool:
    return len(str(error)) > 0 and "\n" not in str(error)
