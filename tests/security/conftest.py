"""The API's own fixtures, for attacks on it."""

from tests.http.conftest import api, client, serve, settings

__all__ = ["api", "client", "serve", "settings"]
