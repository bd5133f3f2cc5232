"""How a handler gets at the use cases: one dependency, because a second would start a task group per request."""

import asyncio
from typing import TypeAlias

from litestar.di import NamedDependency, Provide
from litestar.params import SkipValidation

from omnigen.usecases.app import App

AppDep: TypeAlias = NamedDependency[SkipValidation[App]]
"""Annotation of a handler's `app` parameter."""


class Running:
    """Holds the use cases from the server's start to its stop."""

    __slots__ = ("_app", "stopping")

    def __init__(self) -> None:
        self._app: App | None = None
        self.stopping = asyncio.Event()
        """Set when the server is told to stop: streams end then, or it would wait for their listeners."""

    @property
    def app(self) -> App:
        """The use cases. Only there between start and stop."""
        assert self._app is not None, "the server has not started"
        return self._app

    def begin(self, app: App) -> None:
        """The use cases are ready."""
        self._app = app

    def end(self) -> None:
        """They are no longer."""
        self._app = None

    def __deepcopy__(self, _: object) -> "Running":
        """The same one: Litestar copies the middleware of a router for each of its handlers."""
        return self

    def provider(self) -> Provide:
        """The dependency named `app`."""
        return Provide(lambda: self.app, sync_to_thread=False)
