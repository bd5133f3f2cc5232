"""Folders of files on the user's disk: whole files under the right names, nothing overwritten, nothing outside."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from omnigen.domain.secret import Secret
from omnigen.entrypoints.cli.client import Api
from omnigen.entrypoints.cli.errors import CliError, WrongUsage
from omnigen.entrypoints.cli.folders import _fill, _within, check_folder, save_all, save_one
from omnigen.entrypoints.cli.stack import Remote
from omnigen.entrypoints.http.views import JobView
from tests.cli.test_progress import a_job

FILES = {
    "poster": ("poster.jpg", b"jpeg"),
    "sprites": ("sprites.jpg", b"sheet"),
    "manifest": ("manifest.json", b"{}"),
}
VIDEO = b"film" * 100


def told(data: bytes) -> dict[str, Any]:
    return {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}


def finished() -> JobView:
    """A job with a video and three files beside it."""
    files = [
        {"kind": kind, "name": name, "url": None, "content_type": "x/y", **told(data)}
        for kind, (name, data) in FILES.items()
    ]
    video = {
        "url": None,
        "duration": 5.0,
        "frames": 120,
        "rate": 24,
        "width": 16,
        "height": 9,
        "files": files,
    }
    job = msgspec.to_builtins(a_job())
    return msgspec.convert(job | {"video": video | told(VIDEO)}, JobView)


def api(answers: Callable[[str], bytes] | None = None) -> Api:
    """An API that leads to the files, and the store that has them."""
    contents = {f"/{kind}": data for kind, (_, data) in FILES.items()} | {"/video": VIDEO}

    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.host == "store.test":
            assert "authorization" not in request.headers
            return httpx.Response(200, content=contents[request.url.path])
        return httpx.Response(
            302, headers={"location": f"http://store.test/{request.url.path.split('/')[-1]}"}
        )

    return Api(
        Remote("http://api.test", Secret("t")), transport=httpx.MockTransport(handle), pause=lambda _: None
    )


def test_everything_lies_in_one_folder_under_the_names_that_refer_to_each_other(tmp_path: Path) -> None:
    saved = save_all(api(), finished(), tmp_path, force=False)
    assert {path.name: path.read_bytes() for path in saved} == {"video.mp4": VIDEO, **dict(FILES.values())}
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in saved}


def test_nothing_is_written_where_one_file_is_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "sprites.jpg").write_text("mine")
    with pytest.raises(WrongUsage, match=r"sprites.jpg exists already; --force overwrites it"):
        save_all(api(), finished(), tmp_path, force=False)
    assert [path.name for path in tmp_path.iterdir()] == ["sprites.jpg"]
    save_all(api(), finished(), tmp_path, force=True)
    assert (tmp_path / "sprites.jpg").read_bytes() == b"sheet"


def test_one_file_is_saved_by_its_kind(tmp_path: Path) -> None:
    path = save_one(api(), finished(), "manifest", tmp_path / "facts.json", force=False)
    assert path.read_bytes() == b"{}"
    with pytest.raises(
        CliError, match="there is no captions_srt beside the video of job_1; there are poster, "
    ):
        save_one(api(), finished(), "captions_srt", None, force=False)


@pytest.mark.parametrize("name", ["../out", "/etc/passwd", "a/../../b", "", "c:\\x", "a\\..\\b"])
def test_a_name_that_leads_out_of_the_folder_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(CliError, match="has no place in a folder"):
        _fill(tmp_path, {name: lambda file: None}, force=True)


def test_a_name_may_lie_in_a_folder_of_its_own(tmp_path: Path) -> None:
    assert _within(tmp_path, "clips/scene-01.mp4") == tmp_path / "clips" / "scene-01.mp4"


def test_a_file_where_a_folder_should_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(WrongUsage, match=r"--all: .*taken is a file; a folder is needed"):
        check_folder(tmp_path / "taken", "--all")
    with pytest.raises(WrongUsage, match=r"--all: .*can't be made"):
        check_folder(tmp_path / "taken" / "below", "--all")
