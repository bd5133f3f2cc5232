"""Property tests look at enough examples to find things, keep no database, and are never judged by the clock."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "unit",
    max_examples=30,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("unit")
