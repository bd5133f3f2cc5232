"""Every single fault of a job of three scenes, once and again and again: it ends in its time, and the promises hold.

`make test` gives one fault of each kind to every place in the program that calls a port, and a lasting one to every
method, in memory, and one to every method on SQLite; `make test-single-faults` gives both to every single call, and on
DynamoDB to every place.
"""

import logging
import os
from collections.abc import Iterator

import pytest
import structlog

from tests.contract.harness import FAMILIES
from tests.simulation.single_faults import (
    Fault,
    Kind,
    Site,
    each_fault,
    found,
    of_call,
    of_method,
    of_site,
    walked,
)

DEPTH = os.environ.get("OMNIGEN_SINGLE_FAULTS", "")
"""`every` call, `site` (the place of every call), `method`; `full` is the most that is done in minutes."""
ONLY = os.environ.get("OMNIGEN_FAMILIES", "").split()
SHARES = 24 if DEPTH else 6
STORES = ("jobs.", "takes.", "ledger.", "rates.", "outbox.", "uploads.")
_EACH = {"every": of_call, "site": of_site, "method": of_method}


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Faults are meant here: nobody has to read of them."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


def _families() -> list[str]:
    return ONLY or [name for name, family in FAMILIES.items() if DEPTH or not family.slow]


def _faults(family: str, sites: list[Site]) -> list[Fault]:
    """What this family has to bear; what no store can see is tried in memory."""
    memory = family == "memory"
    if DEPTH == "full":
        once = sticky = of_site if FAMILIES[family].slow else of_call
    else:
        once, sticky = _EACH.get(DEPTH, of_site if memory else of_method), _EACH.get(DEPTH, of_method)
    faults = [*each_fault(sites, sticky=False, each=once)]
    if DEPTH or memory:
        faults += each_fault(sites, sticky=True, each=sticky)
    return [f for f in faults if memory or f.name.startswith(STORES)]


@pytest.mark.slow
@pytest.mark.timeout(3600 if DEPTH else 600)
@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("family", _families())
def test_a_job_comes_through_any_single_fault(family: str, share: int) -> None:
    """One that changes nothing but the pace doesn't even keep it from succeeding."""
    sites = walked(family).sites
    assert len(sites) > 250
    faults = _faults(family, sites)[share::SHARES]
    assert faults
    assert [wrong for fault in faults if (wrong := found(family, fault))] == []


@pytest.mark.slow
def test_a_fault_is_really_felt() -> None:
    """The walk without one makes fewer calls than any in which something had to be done again."""
    sites = walked("memory").sites
    for kind in (Kind.REFUSED, Kind.LOST, Kind.LATE, Kind.CRASH):
        assert walked("memory", Fault("provider.create", 0, kind)).counts.total() > len(sites)
