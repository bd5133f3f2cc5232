"""What our Python children share: how they open a file, how they answer. What a foreign file does to a decoder,
it does to a process with limits that nobody will miss.

    python -I -S -c "..." MODE '{"...": ...}'

prints one JSON object: {"found": ...} or {"refused": "has no picture"}, a sentence that lacks its subject.
Imports nothing that takes its time: a child starts in a tenth of a second.
"""

import json
import sys
from collections.abc import Callable, Mapping
from typing import Any

import av
from av.container import InputContainer
from av.error import FFmpegError

Facts = dict[str, Any]
Modes = Mapping[str, Callable[[Facts], Any]]


class Refused(Exception):
    """The file is not what it should be; the text is a sentence without its subject."""


def serve(modes: Modes) -> None:
    """Answer the one request of the command line; a refusal is an answer, anything else that goes wrong is not."""
    mode, request = sys.argv[1], json.loads(sys.argv[2])
    try:
        answer = {"found": modes[mode](request)}
    except Refused as error:
        answer = {"refused": str(error)}
    except (FFmpegError, MemoryError, ValueError, OverflowError) as error:
        print(repr(error), file=sys.stderr)
        answer = {"refused": "is damaged or can't be decoded"}
    print(json.dumps(answer))


def opened(path: str, demuxer: str, max_pixels: int = 4096 * 2304) -> InputContainer:
    """A file by one demuxer, which opens no other file and no network."""
    options = {
        "protocol_whitelist": "file",
        "format_whitelist": demuxer,
        "max_streams": "16",
        "max_pixels": str(max_pixels),
    }
    return av.open(path, format=demuxer, options=options)
