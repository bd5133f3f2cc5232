"""The composer's Lambda without FFmpeg: the real handler over the stand-ins of tests/fakes, in a process of its own.

Rendering is not what those tests are about, and two hundred jobs would take an hour of it.
"""

from dependency_injector import providers

from omnigen.adapters.local.clock import SystemClock
from omnigen.container import Container
from omnigen.entrypoints.lambdas.composer import handler
from tests.fakes.media import FakeComposer, FakeInspector

Container.inspector.override(providers.Object(FakeInspector()))
Container.composer.override(providers.Object(FakeComposer(SystemClock())))

__all__ = ["handler"]
