"""Logs are one JSON object a line, whatever is in them, and nothing is lost."""

import asyncio
import io
import json

from omnigen.entrypoints.logs import Lines, render


def test_a_text_cannot_make_lines_of_its_own() -> None:
    line = render(None, "info", {"event": 'x\n{"level":"error"}', "path": object})
    assert b"\n" not in line
    assert json.loads(line)["event"] == 'x\n{"level":"error"}'


async def test_lines_are_written_together_and_soon() -> None:
    written = asyncio.Event()

    class Told(io.BytesIO):
        def flush(self) -> None:
            written.set()

    stream = Told()
    lines = Lines(stream)
    lines.info(b"one")
    lines.info(b"two")
    assert stream.getvalue() == b""
    await asyncio.wait_for(written.wait(), 30)
    assert stream.getvalue() == b"one\ntwo\n"


async def test_an_error_is_written_at_once_with_all_before_it() -> None:
    stream = io.BytesIO()
    lines = Lines(stream)
    lines.info(b"one")
    lines.error(b"two")
    assert stream.getvalue() == b"one\ntwo\n"


async def test_many_lines_do_not_wait() -> None:
    stream = io.BytesIO()
    lines = Lines(stream)
    for _ in range(200):
        lines.info(b"x")
    assert stream.getvalue().count(b"\n") == 200


def test_without_an_event_loop_lines_are_written_at_once() -> None:
    stream = io.BytesIO()
    Lines(stream).info(b"one")
    assert stream.getvalue() == b"one\n"
