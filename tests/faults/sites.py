"""Where a process writes, told so that the same place has the same name in every run."""

import re
from collections.abc import Mapping
from pathlib import Path
from tempfile import gettempdir
from typing import Final

from attrs import define, field, frozen

from tests.faults.gate import Passage

_RANDOM: Final = (
    # With which Python tries whether the folder of temporary files can be written to.
    (re.compile(rf"^{re.escape(gettempdir())}/[a-z0-9_]{{8}}$"), "temporary"),
    (re.compile(r"job_[0-9a-z]+"), "job"),
    (re.compile(r"(take|compose|programme|stems?|sketch|sprites?|[a-z]+)-[A-Za-z0-9_]{8}(?=/|$)"), r"\1"),
    (re.compile(r"[0-9a-f]{8,}"), "hash"),
    (re.compile(r"\d+"), "N"),
)
_STARTERS: Final = ("sh", "dash", "bash", "nice", "setpriv")
"""What stands between us and FFmpeg for a moment."""


@frozen(order=True)
class Site:
    """Who writes, by which call, where."""

    who: str
    call: str
    place: str

    @property
    def family(self) -> str:
        """`api` or `worker`, whose process or child it is."""
        return self.who.partition("'")[0]

    def __str__(self) -> str:
        return f"{self.who} {self.call} {self.place}"


@define(eq=False)
class Map:
    """Names the sites of one process family. `ports` says who listens where."""

    who: str
    data: Path
    ports: Mapping[int, str]
    seen: set[int] = field(factory=set, init=False)
    """Every process of the family that has passed."""
    _whos: dict[tuple[int, str], str] = field(factory=dict, init=False)

    def site(self, passage: Passage) -> Site | None:
        """The site of a passage; None for what isn't ours, or isn't work."""
        if "__pycache__" in passage.to:
            return None
        who = self._who(passage.pid, passage.main)
        # Which file of a folder goes first is chance.
        to = passage.to.rpartition("/")[0] if passage.call.startswith("unlink") else passage.to
        return who and Site(who, passage.call, self._place(to))

    def _who(self, pid: int, main: int) -> str | None:
        self.seen.add(pid)
        name = Path(f"/proc/{pid}/exe").readlink().name
        if (pid, name) not in self._whos:
            self._whos[pid, name] = self._found(pid, name, main)
        return self._whos[pid, name] or None

    def _found(self, pid: int, name: str, main: int) -> str:
        if pid == main:
            return self.who if b"omnigen" in Path(f"/proc/{pid}/cmdline").read_bytes() else ""
        if name.startswith("ffmpeg"):
            return f"{self.who}'s ffmpeg"
        if name in _STARTERS:
            return ""
        nurse = b"attend()" in Path(f"/proc/{pid}/cmdline").read_bytes()
        parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        return f"{self.who}'s {'nurse' if nurse and parent == main else 'child'}"

    def _place(self, to: str) -> str:
        if to.startswith("socket:"):
            port = to.removeprefix("socket:")
            return self.ports.get(int(port), "client") if port.isdecimal() else port
        place = to.removeprefix(f"{self.data}/")
        for pattern, name in _RANDOM:
            place = pattern.sub(name, place)
        return place
