"""No adapter escapes the contract suites."""

import importlib
import pkgutil
from pathlib import Path

import pytest
from attrs import fields_dict

import omnigen.adapters
from tests.contract.harness import FAMILIES, Stores

pytestmark = pytest.mark.slow
"""Every family is opened, those with a server of their own too."""


def _adapter_classes() -> set[type]:
    modules = pkgutil.walk_packages(omnigen.adapters.__path__, "omnigen.adapters.")
    loaded = [importlib.import_module(m.name) for m in modules if not m.name.endswith("__main__")]
    return {kind for module in loaded for kind in vars(module).values() if isinstance(kind, type)}


async def test_every_store_under_adapters_is_in_a_family(tmp_path: Path) -> None:
    """Whoever adds `DynamoJobs` hears of it here until its family is in the harness."""
    covered: set[type] = set()
    for name, family in FAMILIES.items():
        async with family.open(tmp_path / name) as stores:
            covered |= {type(getattr(stores, role)) for role in fields_dict(Stores)}
    roles = tuple(role.capitalize() for role in fields_dict(Stores))
    found = {
        kind
        for kind in _adapter_classes()
        if kind.__module__.startswith("omnigen.adapters.") and kind.__name__.endswith(roles)
    }
    assert found >= covered
    assert found == covered


@pytest.mark.parametrize("role", fields_dict(Stores))
async def test_every_family_fills_every_role_with_its_own_class(role: str, tmp_path: Path) -> None:
    """A family can't borrow another's adapter and look complete."""
    kinds = []
    for name, family in FAMILIES.items():
        async with family.open(tmp_path / name) as stores:
            kinds.append(type(getattr(stores, role)))
    assert len(set(kinds)) == len(FAMILIES)
