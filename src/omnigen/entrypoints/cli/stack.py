"""Which OmniGen is talked to: one that runs here, one elsewhere, or one that is started for this command alone."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final, Protocol
from urllib.parse import urlsplit

from attrs import field, frozen

from omnigen.domain.secret import Secret
from omnigen.entrypoints.cli.errors import CliError, NothingRuns, WrongUsage
from omnigen.processes import is_alive

FOLDER: Final = ".omnigen"
READY_WITHIN_S: Final = 90.0
STOPPED_WITHIN_S: Final = 20.0
READING: Final = ("storage", "identity", "api")
"""Children that are enough to look things up: without a worker nothing is made, and nothing spent."""


class Place(Protocol):
    """Where an OmniGen is."""

    @property
    def api_url(self) -> str:
        """Base of its routes."""
        ...

    @property
    def real_money(self) -> bool:
        """Whether models are paid for."""
        ...

    def token(self) -> str:
        """An access token that is good now."""
        ...


@frozen
class Remote:
    """One elsewhere, with a token that was brought. It is not known what it costs: real money is assumed."""

    api_url: str
    _token: Secret
    real_money: bool = True

    def token(self) -> str:
        """The token. Raises WrongUsage where there is none."""
        if not self._token:
            raise WrongUsage(f"OMNIGEN_ACCESS_TOKEN is missing; {self.api_url} wants an access token")
        return self._token.reveal()


@frozen
class Local:
    """One on this machine, as its run.json says. The token is renewed there, so it is read again each time."""

    folder: Path
    run: dict[str, Any] = field(repr=False)

    @property
    def api_url(self) -> str:
        """Base of its routes."""
        return str(self.run["api_url"])

    @property
    def real_money(self) -> bool:
        """Whether it was started with the real Replicate."""
        return self.run.get("replicate") != "fake"

    def token(self) -> str:
        """The demo user's present token. Raises NothingRuns once it has stopped."""
        run = read_run(self.folder)
        if run is None or not run.get("access_token"):
            raise NothingRuns(f"OmniGen on {self.folder} has stopped")
        return str(run["access_token"])


@frozen(kw_only=True)
class Target:
    """What the user has pointed at."""

    folder: Path
    api_url: str | None = None
    _token: Secret = field(factory=lambda: Secret(""))
    replicate: str | None = None
    """`live` or `fake` if it was said; None takes what runs."""

    @classmethod
    def of(
        cls, *, data: Path | None, api_url: str | None, token: Secret, replicate: str | None = None
    ) -> "Target":
        """From options and variables. Raises WrongUsage for an address that is none."""
        folder = (data or default_folder()).expanduser().resolve()
        url = _checked(api_url) if api_url else None
        return cls(folder=folder, api_url=url, token=token, replicate=replicate)

    def find(self) -> Place | None:
        """The one that runs; None where it would have to be started. Raises WrongUsage."""
        if self.api_url is not None:
            return Remote(self.api_url, self._token)
        run = read_run(self.folder)
        if run is None:
            return None
        if self.replicate not in (None, run.get("replicate")):
            raise WrongUsage(
                f"REPLICATE is {self.replicate!r}, but OmniGen on {self.folder} runs with "
                f"{run.get('replicate')!r}; stop it first, or name another folder with --data"
            )
        return Local(self.folder, run)

    def require_data(self) -> None:
        """Raises CliError where no OmniGen has ever run: a fresh one would say that there is nothing."""
        if not self.folder.exists():
            raise CliError(
                f"there is no OmniGen data at {self.folder}; --data or OMNIGEN_DATA_DIR name another folder, "
                "OMNIGEN_API_URL one elsewhere, and `omnigen render` makes a first video",
                code="no_data",
            )


def default_folder() -> Path:
    """`.omnigen` here; where there is none, that of the checkout that this program comes from."""
    here, root = Path(FOLDER), checkout()
    return here if here.exists() or root is None else root / FOLDER


def checkout() -> Path | None:
    """Root of the checkout that this program runs from; None for an installed package."""
    root = Path(__file__).resolve().parents[4]
    return root if (root / "emulator" / "__main__.py").exists() else None


def read_run(folder: Path) -> dict[str, Any] | None:
    """What run.json says, if the process that wrote it is alive; None otherwise."""
    try:
        run = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        alive = is_alive(int(run["pid"]), run.get("started"))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return run if alive else None


@contextmanager
def reached(target: Target, *, working: bool, fresh: bool = False) -> Iterator[Place]:
    """The OmniGen that is meant, started where none runs, and stopped again. Raises NothingRuns, CliError.

    `working`: jobs are to be made, not only looked at. `fresh`: one that has no data yet will do.
    """
    place = target.find()
    if place is not None:
        yield place
        return
    if not fresh:
        target.require_data()
    parts = None if working else READING
    with _started(target, parts) as started:
        yield started


@contextmanager
def _started(target: Target, parts: tuple[str, ...] | None) -> Iterator[Local]:
    root = checkout()
    if root is None:
        raise NothingRuns(
            f"no OmniGen runs on {target.folder}; start one with `make emulate` in a checkout, "
            "or set OMNIGEN_API_URL and OMNIGEN_ACCESS_TOKEN"
        )
    if sys.stderr.isatty():
        print(f"starting OmniGen on {target.folder} for this command", file=sys.stderr)
    with tempfile.TemporaryFile("w+") as said:
        process = _spawn(_argv(target, parts), root, said)
        try:
            yield _when_ready(process, target.folder, said)
        finally:
            _stop(process)


def _argv(target: Target, parts: tuple[str, ...] | None) -> list[str]:
    argv = [sys.executable, "-m", "emulator", "--ephemeral", "--quiet", "--port", "auto"]
    argv += ["--data", str(target.folder), "--replicate", target.replicate or "fake"]
    return argv if parts is None else [*argv, "--parts", ",".join(parts)]


def _spawn(argv: list[str], root: Path, said: IO[str]) -> subprocess.Popen[bytes]:
    # In a session of its own: Ctrl-C is ours to handle, and a job can't be cancelled without its worker.
    # The pipe is the leash: when this process ends, however it ends, so does what it has started.
    return subprocess.Popen(
        argv,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=said,
        cwd=root,
        start_new_session=True,
    )


def _when_ready(process: "subprocess.Popen[bytes]", folder: Path, said: IO[str]) -> Local:
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline:
        run = read_run(folder)
        if run is not None and run["pid"] == process.pid:
            return Local(folder, run)
        if process.poll() is not None:
            raise CliError(_last_line(said) or "OmniGen could not be started", code="not_started")
        time.sleep(0.05)
    raise CliError(
        f"OmniGen was not ready within {READY_WITHIN_S:.0f} s; see {folder / 'logs'}", code="not_started"
    )


def _last_line(said: IO[str]) -> str:
    said.seek(0)
    lines = [line.strip() for line in said if line.strip()]
    return lines[-1].removeprefix("omnigen: ") if lines else ""


def _stop(process: "subprocess.Popen[bytes]") -> None:
    if process.stdin is not None:
        process.stdin.close()
    try:
        process.wait(STOPPED_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _checked(url: str) -> str:
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise WrongUsage(f"OMNIGEN_API_URL is {url[:60]!r}; an http or https address is allowed")
    return url.strip().rstrip("/")
