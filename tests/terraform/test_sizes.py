"""How large each environment is: what its own main.tf says gets to what it is about."""

import pytest

from tests.terraform.rights import account_of, resources

pytestmark = pytest.mark.terraform


@pytest.mark.parametrize(
    ("root", "tasks", "reserved", "log_days"),
    [
        ("dev", (1, 2), {"generator": 50, "composer": 20, "sweeper": 1}, 7),
        ("prod", (1, 5), {"generator": 300, "composer": 60, "sweeper": 1}, 30),
    ],
)
def test_an_environment_is_as_large_as_it_says(
    root: str, tasks: tuple[int, int], reserved: dict[str, int], log_days: int
) -> None:
    made = account_of(root)
    (scaled,) = (target["values"] for target in resources(made, "aws_appautoscaling_target"))
    assert (scaled["min_capacity"], scaled["max_capacity"]) == tasks
    functions = resources(made, "aws_lambda_function")
    assert {f["index"]: f["values"]["reserved_concurrent_executions"] for f in functions} == reserved
    groups = resources(made, "aws_cloudwatch_log_group")
    assert {group["values"]["retention_in_days"] for group in groups} == {log_days}
