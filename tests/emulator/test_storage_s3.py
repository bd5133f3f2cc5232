"""The S3 server keeps the promises that the asset store and the browser rely on."""

import contextlib
import os
import re
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import httpx
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, EndpointConnectionError

from tests.fixtures.emulator import emulated
from tests.fixtures.storage import S3Server, s3_server_of

ELSEWHERE = "http://elsewhere.example"


def client_of(server: S3Server, *, secret: str | None = None) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=server.endpoint,
        region_name=server.region,
        aws_access_key_id=server.access_key_id,
        aws_secret_access_key=secret or server.secret_access_key,
        config=Config(signature_version="s3v4", s3={"addressing_style": "path"}, retries={"max_attempts": 1}),
    )


@pytest.fixture
def s3(s3_server: S3Server) -> Any:
    return client_of(s3_server)


@pytest.fixture
def key() -> str:
    return f"tests/{uuid4().hex}/clip.mp4"


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False) as client:
        yield client


def test_the_bucket_is_there_and_signatures_are_checked(s3: Any, s3_server: S3Server) -> None:
    """A request signed with another secret is refused; the bucket exists without anyone making it."""
    assert s3_server.bucket in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        client_of(s3_server, secret="wrong").list_buckets()


def test_a_signed_url_serves_ranges_and_a_file_name(
    s3: Any, s3_server: S3Server, key: str, http: httpx.Client
) -> None:
    """A player may seek, a download has the name that was signed, an unsigned request is refused."""
    s3.put_object(Bucket=s3_server.bucket, Key=key, Body=bytes(range(256)), ContentType="video/mp4")
    named = {"ResponseContentDisposition": 'attachment; filename="film.mp4"'}
    url = s3.generate_presigned_url("get_object", Params={"Bucket": s3_server.bucket, "Key": key, **named})
    part = http.get(url, headers={"Range": "bytes=5-14"})
    assert (part.status_code, part.content) == (206, bytes(range(5, 15)))
    assert part.headers["content-range"] == "bytes 5-14/256"
    assert part.headers["content-type"] == "video/mp4"
    assert "film.mp4" in part.headers["content-disposition"]
    assert http.get(url.split("?")[0]).status_code == 403
    assert http.get(re.sub("Signature=..", "Signature=00", url)).status_code == 403


def test_a_browser_of_the_app_may_upload_and_another_sites_may_not(
    s3: Any, s3_server: S3Server, key: str, http: httpx.Client
) -> None:
    """CORS admits the app's origin only."""
    form = s3.generate_presigned_post(s3_server.bucket, key)
    wish = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    ours = http.options(f"{form['url']}/", headers={"Origin": s3_server.origin, **wish})
    assert ours.headers["access-control-allow-origin"] == s3_server.origin
    theirs = http.options(f"{form['url']}/", headers={"Origin": ELSEWHERE, **wish})
    assert theirs.headers.get("access-control-allow-origin") not in (ELSEWHERE, "*")
    sent = http.post(
        form["url"], data=form["fields"], files={"file": b"png"}, headers={"Origin": s3_server.origin}
    )
    assert sent.is_success
    assert sent.headers["access-control-allow-origin"] == s3_server.origin


def test_a_presigned_form_limits_the_size(s3: Any, s3_server: S3Server, key: str, http: httpx.Client) -> None:
    """A browser's form upload above the signed limit is refused and stores nothing."""
    form = s3.generate_presigned_post(s3_server.bucket, key, Conditions=[["content-length-range", 1, 100]])
    too_big = http.post(form["url"], data=form["fields"], files={"file": ("a.png", b"x" * 101)})
    assert too_big.status_code == 400
    with pytest.raises(ClientError, match="404"):
        s3.head_object(Bucket=s3_server.bucket, Key=key)
    assert (
        http.post(form["url"], data=form["fields"], files={"file": ("a.png", b"x" * 100)}).status_code == 204
    )


def test_one_of_many_writers_creates_an_object(s3: Any, s3_server: S3Server, key: str) -> None:
    """If-None-Match holds under contention: one writer wins, the others are told."""

    def write(number: int) -> int:
        with contextlib.suppress(ClientError):
            s3.put_object(Bucket=s3_server.bucket, Key=key, Body=str(number).encode(), IfNoneMatch="*")
            return number
        return -1

    with ThreadPoolExecutor(8) as pool:
        winners = [number for number in pool.map(write, range(8)) if number >= 0]
    assert len(winners) == 1
    assert s3.get_object(Bucket=s3_server.bucket, Key=key)["Body"].read() == str(winners[0]).encode()


def test_nothing_but_the_s3_port_hands_out_objects(
    s3: Any, s3_server: S3Server, key: str, http: httpx.Client
) -> None:
    """SeaweedFS' filer would serve objects unsigned over HTTP; here it doesn't, nor does another port."""
    s3.put_object(Bucket=s3_server.bucket, Key=key, Body=b"secret" * 1000)
    for name in ("s3.filer", "s3.volume", "s3.master", "s3.admin"):
        for path in (f"/buckets/{s3_server.bucket}/{key}", f"/{s3_server.bucket}/{key}", "/1,01"):
            answer = http.get(f"http://127.0.0.1:{s3_server.ports[name]}{path}")
            assert b"secretsecret" not in answer.content, (name, path)


def test_objects_survive_a_restart_on_other_ports(tmp_path: Path) -> None:
    """Every port may change between two runs; the data stays readable and writable."""
    data, body = tmp_path / "data", bytes(range(256)) * 4096
    for attempt in range(2):
        with emulated(data, "--parts", "storage") as run:
            server = s3_server_of(run)
            s3 = client_of(server)
            s3.put_object(Bucket=server.bucket, Key=f"{attempt}.bin", Body=body)
            assert s3.get_object(Bucket=server.bucket, Key="0.bin")["Body"].read() == body
        (data / "ports.json").unlink()


def test_objects_survive_a_kill(tmp_path: Path) -> None:
    """kill -9 right after an upload was acknowledged: it is there when the server is back."""
    with emulated(tmp_path / "data", "--parts", "storage") as run:
        server = s3_server_of(run)
        s3 = client_of(server)
        s3.put_object(Bucket=server.bucket, Key="a.bin", Body=b"acknowledged")
        os.kill(run["children"]["storage"]["pid"], signal.SIGKILL)
        deadline = time.monotonic() + 30
        while True:
            try:
                assert s3.get_object(Bucket=server.bucket, Key="a.bin")["Body"].read() == b"acknowledged"
                return
            except (EndpointConnectionError, ConnectionClosedError, ClientError):
                assert time.monotonic() < deadline
                time.sleep(0.05)
