"""Ports, logs, loopback requests and run.json, each on its own."""

import asyncio
import json
import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from emulator.logs import Tail, bound, fresh_log, last_line
from emulator.loopback import answers, request
from emulator.ports import HOST, free_ports, is_free, keep_ports
from emulator.runfile import read_run, remove_run, write_run
from omnigen.processes import is_alive, start_time


def test_ports_are_kept_between_runs_unless_taken(tmp_path: Path) -> None:
    """The same names get the same ports again; a port that somebody else took is replaced."""
    memory = tmp_path / "ports.json"
    first = keep_ports(memory, ["a", "b"])
    assert keep_ports(memory, ["a", "b"]) == first
    with socket.socket() as other:
        other.bind((HOST, first["a"]))
        other.listen()
        assert not is_free(first["a"])
        second = keep_ports(memory, ["a", "b"])
    assert second["b"] == first["b"]
    assert second["a"] != first["a"]


def test_ports_that_are_spoken_for_are_given_to_nobody(tmp_path: Path) -> None:
    """Neither anew nor from memory: the API's, which nobody listens on yet, is not the S3 server's."""
    memory = tmp_path / "ports.json"
    first = keep_ports(memory, ["a", "b"])
    second = keep_ports(memory, ["a", "b"], but={first["a"]})
    assert second["a"] != first["a"]
    assert second["b"] == first["b"]
    few = set(range(20_000, 32_760))
    assert free_ports(1, but=few)[0] >= 32_760


@pytest.mark.parametrize("text", ["", "[]", "{", '{"a": "x"}', "null"])
def test_an_unreadable_memory_of_ports_is_forgotten(tmp_path: Path, text: str) -> None:
    """It is a convenience; nothing depends on it."""
    memory = tmp_path / "ports.json"
    memory.write_text(text)
    assert set(keep_ports(memory, ["a"])) == {"a"}


def test_free_ports_are_different() -> None:
    """No two children are given the same port."""
    assert len(set(free_ports(50))) == 50


def test_what_another_process_has_chosen_is_left_alone(tmp_path: Path) -> None:
    """Though nobody listens there yet; and it is to be had again as soon as that process is gone."""
    memory = tmp_path / "ports.json"
    choose = f"keep_ports(pathlib.Path({str(memory)!r}), ['a'])['a']"
    code = f"import pathlib; from emulator.ports import keep_ports; print({choose}, flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        theirs = int(other.stdout.readline())
        assert is_free(theirs)
        assert keep_ports(memory, ["a"])["a"] != theirs
        other.communicate("\n")
    memory.write_text(json.dumps({"a": theirs}))
    assert keep_ports(memory, ["a"])["a"] == theirs


def test_a_log_starts_empty_and_keeps_the_last_run(tmp_path: Path) -> None:
    """What the previous run wrote is beside it."""
    fresh_log(tmp_path, "api").write_text("old")
    log = fresh_log(tmp_path, "api")
    assert log.read_text() == ""
    assert (tmp_path / "api.log.1").read_text() == "old"


def test_a_log_is_bounded_while_its_writer_goes_on(tmp_path: Path) -> None:
    """Cut in place: the writer keeps its open file, and nothing before the cut is lost."""
    log = fresh_log(tmp_path, "api")
    tail = Tail(log)
    with log.open("ab", buffering=0) as writer:
        writer.write(b"one\ntwo\n")
        assert tail.read() == ["one", "two"]
        bound(log, limit=4)
        assert log.stat().st_size == 0
        writer.write(b"three\n")
        assert tail.read() == ["three"]
        writer.write(b"fo")
        assert tail.read() == []
        writer.write(b"ur\n")
        assert tail.read() == ["four"]
    assert (tmp_path / "api.log.1").read_text() == "one\ntwo\n"
    assert last_line(log) == "four"


def test_the_last_line_of_nothing_is_nothing(tmp_path: Path) -> None:
    """A child that never wrote has no last words."""
    assert last_line(tmp_path / "missing.log") == ""


def test_run_json_is_private_and_believed_while_its_process_lives(tmp_path: Path) -> None:
    """Mode 0600; a file left behind by a process that is gone, or whose pid was reused, counts as none."""
    me = os.getpid()
    write_run(tmp_path, {"pid": me, "started": start_time(me), "api_url": "x"})
    assert stat.S_IMODE((tmp_path / "run.json").stat().st_mode) == 0o600
    assert (read_run(tmp_path) or {})["api_url"] == "x"
    write_run(tmp_path, {"pid": me, "started": 1})
    assert read_run(tmp_path) is None
    remove_run(tmp_path)
    assert read_run(tmp_path) is None
    (tmp_path / "run.json").write_text(json.dumps([1]))
    assert read_run(tmp_path) is None


def test_a_process_that_never_was_is_not_alive() -> None:
    """The largest pid that Linux knows is never given out."""
    assert not is_alive(4_194_304, None)
    assert is_alive(os.getpid(), None)


async def test_an_answer_is_read_whole_or_refused() -> None:
    """Status, headers and body of a plain server; garbage and silence are errors, not answers."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = (await reader.readline()).split()[1]
        replies = {
            b"/ok": b"HTTP/1.1 200 OK\r\nX-Kind: a: b\r\n\r\nbody",
            b"/bad": b"HTTP/1.1 503 No\r\n\r\n",
        }
        writer.write(replies.get(path, b"SSH-2.0\r\n"))
        writer.close()

    server = await asyncio.start_server(talk, HOST, 0)
    async with server:
        base = f"http://{HOST}:{server.sockets[0].getsockname()[1]}"
        reply = await request("GET", base + "/ok")
        assert (reply.status, reply.headers["x-kind"], reply.body) == (200, "a: b", b"body")
        assert await answers(base + "/ok")
        assert not await answers(base + "/bad")
        assert not await answers(base + "/garbage")
    assert not await answers(base + "/ok")
