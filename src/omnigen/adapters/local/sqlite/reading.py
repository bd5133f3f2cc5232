"""Nouns out of the first column of a query's rows."""

from typing import Any, TypeVar

import apsw

from omnigen.adapters.documents import Shelf

N = TypeVar("N")


def first(shelf: Shelf[N], db: apsw.Connection, query: str, *values: Any) -> N | None:
    """The first row's noun; None where there is no row, or nothing in it."""
    document = db.execute(query, values).get
    return None if document is None else shelf.one(document)


def every(shelf: Shelf[N], db: apsw.Connection, query: str, *values: Any) -> tuple[N, ...]:
    """All rows' nouns."""
    return shelf.of(document for (document,) in db.execute(query, values))
