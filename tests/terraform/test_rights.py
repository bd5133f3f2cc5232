"""Each part may do what its use cases do, and nothing that none of them does."""

from typing import Final

import pytest

from emulator.aws.resources import resources as told
from tests.terraform.calls import (
    PARTS,
    RIGHTS,
    all_modules,
    calls_in,
    modules_of,
    rights_of,
)
from tests.terraform.never import complaints
from tests.terraform.rights import account_of, environments_of, lacking

pytestmark = pytest.mark.terraform

OPERATORS: Final = "omnigen.adapters.aws.cognito"
"""Used by the operator's desk, with the operator's own rights."""


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_no_part_lacks_a_right(environment: str) -> None:
    made = account_of(environment)
    assert environments_of(made).keys() == set(PARTS)
    assert lacking(made) == []


@pytest.mark.parametrize("root", ["bootstrap", "dev", "prod"])
def test_nothing_is_there_that_must_never_be(root: str) -> None:
    assert complaints(account_of(root)) == []


def test_no_part_has_a_right_that_it_has_no_use_for() -> None:
    """infra/resources.json gives rights by kinds of things: exactly those that are asked for."""
    parts = {**told()["functions"], "api": told()["services"]["api"]}
    for part in PARTS:
        kinds = [kind for kind in ("tables", "buckets", "secrets", "invokes", "starts") if parts[part][kind]]
        given = {right for kind in kinds for right in told()["rights"][kind]}
        given |= set(told()["rights"]["objects"]) if "buckets" in kinds else set()
        assert given == rights_of(part), part


def test_every_call_of_the_adapters_is_known() -> None:
    """A new one must say what right it wants."""
    for module in set(all_modules()) - {OPERATORS}:
        assert calls_in(module) <= RIGHTS.keys(), module
    assert calls_in(OPERATORS)
    assert not any(OPERATORS in modules_of(part) for part in PARTS)
    assert RIGHTS.keys() - {"put_item", "update_item", "delete_item"} == {
        call for part in PARTS for module in modules_of(part) for call in calls_in(module)
    }
