"""The data folder: its lock, its secrets, and whether it can be trusted."""

import base64
import fcntl
import json
import secrets
import shutil
import string
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import IO, Final

from emulator.errors import EmulatorError
from emulator.private import write_private
from emulator.runfile import read_run, remove_run, wait_for_orphans

_MARKER: Final = "folder.json"
_FORMAT: Final = 1
_ORPHANS_END_WITHIN_S: Final = 6.0
_SQLITE: Final = b"SQLite format 3\0"


@dataclass(frozen=True, kw_only=True, slots=True)
class Secrets:
    """Drawn once for a data folder, kept in it with mode 0600."""

    access_key_id: str
    secret_access_key: str
    demo_password: str
    replicate_token: str
    webhook_secret: str


@dataclass(frozen=True, slots=True)
class Folder:
    """A data folder that this process holds the lock of."""

    path: Path
    lock: IO[str]

    @property
    def logs(self) -> Path:
        """The children's logs."""
        return self.path / "logs"

    def part(self, name: str) -> Path:
        """A subfolder for one child, readable by its owner only."""
        path = self.path / name
        path.mkdir(mode=0o700, exist_ok=True)
        return path

    def secrets(self) -> Secrets:
        """The folder's secrets, drawn at the first call. Raises EmulatorError where they can't be read."""
        file = self.path / "secrets.json"
        if not file.exists():
            write_private(file, json.dumps(asdict(_draw()), indent=1))
        try:
            kept = json.loads(file.read_text(encoding="utf-8"))
            return Secrets(**{field.name: str(kept[field.name]) for field in fields(Secrets)})
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise _corrupt(file, "can't be read") from error


def open_folder(path: Path, *, reset: bool = False) -> Folder:
    """Make or open a data folder, lock it and look it over. Raises EmulatorError."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        _check_ours(path)
        lock = _lock(path)
        wait_for_orphans(path, timeout_s=_ORPHANS_END_WITHIN_S)
        if reset:
            _empty(path)
        if not (path / _MARKER).exists():
            (path / _MARKER).write_text(json.dumps({"format": _FORMAT}), encoding="utf-8")
        remove_run(path)  # left behind by a supervisor that was killed
    except OSError as error:
        raise EmulatorError(f"the data folder {path} can't be used: {error.strerror or error}") from error
    _check_contents(path)
    return Folder(path, lock)


def keep_apart(path: Path, replicate: str) -> None:
    """Never carry jobs from the fake to the real Replicate: what is unfinished would be paid for, unasked.

    Raises EmulatorError where the folder was used with the other one.
    """
    marker = path / _MARKER
    kept = json.loads(marker.read_text(encoding="utf-8"))
    before = kept.get("replicate")
    if before is None:
        marker.write_text(json.dumps({**kept, "replicate": replicate}), encoding="utf-8")
    elif before != replicate:
        raise EmulatorError(
            f"{path} was used with REPLICATE={before}, and its unfinished jobs are meant for that; "
            f"give REPLICATE={replicate} a data folder of its own, {path.name}-{replicate}, say"
        )


def _check_ours(path: Path) -> None:
    """Never touch a folder that holds someone else's files."""
    if any(path.iterdir()) and not (path / _MARKER).exists() and not (path / "lock").exists():
        raise EmulatorError(f"{path} holds files that are not OmniGen's; choose another data folder")


def _lock(path: Path) -> IO[str]:
    lock = (path / "lock").open("a+", encoding="utf-8")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise EmulatorError(_taken(path)) from None
    return lock


def _taken(path: Path) -> str:
    run = read_run(path)
    where = f" at {run['api_url']} (process {run['pid']})" if run else ""
    return f"OmniGen already runs on {path}{where}; stop it first, or give this one a data folder of its own"


def _empty(path: Path) -> None:
    for entry in path.iterdir():
        if entry.name == "lock":
            continue  # still held
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def _check_contents(path: Path) -> None:
    """Find what would otherwise surface as a child's traceback, or as a silent loss."""
    marker = path / _MARKER
    try:
        version = int(json.loads(marker.read_text(encoding="utf-8"))["format"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _corrupt(marker, "can't be read") from error
    if version > _FORMAT:
        raise EmulatorError(
            f"{path} was written by a newer OmniGen (format {version}; this one knows {_FORMAT})"
        )
    users = path / "identity" / "state" / "cognito.json"
    try:
        users.exists() and json.loads(users.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _corrupt(users, "is not JSON") from error
    database = path / "omnigen.db"
    if database.exists() and database.stat().st_size and database.open("rb").read(16) != _SQLITE:
        raise _corrupt(database, "is not a SQLite database")


def _corrupt(file: Path, what: str) -> EmulatorError:
    return EmulatorError(f"{file} {what}; put it right, or start empty: make emulate RESET=1")


def _draw() -> Secrets:
    letters = string.ascii_uppercase + string.digits
    return Secrets(
        access_key_id="AKLOCAL" + "".join(secrets.choice(letters) for _ in range(13)),
        secret_access_key=secrets.token_urlsafe(30),
        demo_password=f"Demo-{secrets.token_hex(4)}-9",
        replicate_token="r8_" + secrets.token_hex(19),
        webhook_secret="whsec_" + base64.b64encode(secrets.token_bytes(24)).decode(),
    )
