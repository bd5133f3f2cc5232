"""The REST API as typed calls. Repeats what may be repeated; turns every problem into one line."""

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import IO, Any, Final, Self, TypeVar
from urllib.parse import urlsplit

import httpx
import msgspec

from omnigen.entrypoints.cli.errors import CliError, Refused, Unreachable
from omnigen.entrypoints.cli.stack import Place
from omnigen.entrypoints.http.file_views import ExportedFileView, ExportView, FileView
from omnigen.entrypoints.http.forecasts import ForecastView
from omnigen.entrypoints.http.plans import PlanView
from omnigen.entrypoints.http.sketches import SketchView
from omnigen.entrypoints.http.views import JobPage, JobView, VideoView

T = TypeVar("T")

Made = VideoView | FileView | ExportedFileView | SketchView
"""What can be downloaded; each knows its size and hash."""

TRIES: Final = 5
_PATIENCE_S: Final = 60
"""Longest Retry-After that is waited for."""
_TIMEOUT: Final = httpx.Timeout(30, connect=5)
_CHUNK: Final = 1 << 18


class Api:
    """One OmniGen, as its user sees it. Raises Refused for problems, Unreachable where nobody answers."""

    def __init__(
        self,
        place: Place,
        *,
        transport: httpx.BaseTransport | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._pause = pause
        self.place = place
        # Proxies of the environment are for the world outside, never for this machine.
        outside = urlsplit(place.api_url).hostname not in ("127.0.0.1", "localhost", "::1")
        self._transport = transport
        self._http = httpx.Client(
            base_url=place.api_url, timeout=_TIMEOUT, trust_env=outside, transport=transport
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def get(self, path: str, model: type[T], **query: Any) -> T:
        """Read something."""
        chosen = {name: value for name, value in query.items() if value is not None}
        return _decoded(self._ask("GET", path, params=chosen), model)

    def draft(self, brief: bytes, model: type[T]) -> T:
        """A brief's storyboard and price."""
        return _decoded(self._ask("POST", "/api/v1/storyboards", body=brief), model)

    def submit(self, body: bytes, key: str) -> JobView:
        """Have it made. Under the same key it is made once, however often this is repeated."""
        return _decoded(self._ask("POST", "/api/v1/jobs", body=body, key=key), JobView)

    def retry(self, job_id: str, key: str, body: bytes) -> JobView:
        """Try a failed job again."""
        return _decoded(self._ask("POST", f"{_at(job_id)}/retry", body=body, key=key), JobView)

    def edit(self, job_id: str, key: str, body: bytes) -> JobView:
        """Make its next revision by another storyboard."""
        return _decoded(self._ask("PATCH", f"{_at(job_id)}/storyboard", body=body, key=key), JobView)

    def foretell(self, job_id: str, body: bytes) -> ForecastView:
        """What an edit would come to."""
        answer = self._ask("PATCH", f"{_at(job_id)}/storyboard", body=body, params={"dry_run": 1})
        return _decoded(answer, ForecastView)

    def regenerate(self, job_id: str, scene: int, key: str, body: bytes) -> JobView:
        """Have another take of a scene made, or an earlier one chosen."""
        path = f"{_at(job_id)}/scenes/{scene}/regenerate"
        return _decoded(self._ask("POST", path, body=body, key=key), JobView)

    def upload(self, data: bytes, content_type: str) -> str:
        """Bring a file, and return the id that it has from now on."""
        from omnigen.entrypoints.http.uploads import UploadRequest, UploadView  # noqa: PLC0415  hardly anybody brings one

        asked = msgspec.json.encode(UploadRequest(content_type=content_type, size=len(data)))
        form = _decoded(self._ask("POST", "/api/v1/uploads", body=asked), UploadView)
        file = {"file": ("file", data, content_type)}
        try:
            # A client of its own, as for downloads: the address is signed.
            with httpx.Client(
                timeout=_TIMEOUT, trust_env=self._http.trust_env, transport=self._transport
            ) as http:
                http.post(form.url, data=form.fields, files=file).raise_for_status()
        except httpx.HTTPError as error:
            raise Unreachable(f"the file could not be uploaded ({_said(error)})") from error
        return form.id

    def job(self, job_id: str) -> JobView:
        """How far it is."""
        return self.get(_at(job_id), JobView)

    def jobs(self, *, status: str | None, limit: int) -> Iterator[JobView]:
        """The newest jobs, page by page."""
        cursor: str | None = None
        while limit > 0:
            size = min(limit, 100)
            page = self.get("/api/v1/jobs", JobPage, status=status, limit=size, cursor=cursor)
            yield from page.jobs
            limit, cursor = limit - len(page.jobs), page.cursor
            if cursor is None:
                return

    def cancel(self, job_id: str) -> JobView:
        """Have it stopped."""
        return _decoded(self._ask("POST", f"{_at(job_id)}/cancel"), JobView)

    def delete(self, job_id: str) -> None:
        """Hide it; it is purged after a day."""
        self._ask("DELETE", _at(job_id))

    def restore(self, job_id: str) -> JobView:
        """Bring it back."""
        return _decoded(self._ask("POST", f"{_at(job_id)}/restore"), JobView)

    def events(
        self, job_id: str, last: str | None, timeout_s: float
    ) -> "AbstractContextManager[Iterator[str]]":
        """The lines of the job's event stream, from behind the event `last`. Raises httpx.HTTPError."""
        headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": last} if last else {})
        return self._stream(f"{_at(job_id)}/events", headers, timeout_s)

    def video_address(self, job_id: str) -> str:
        """A signed address of the video, good for a short while."""
        return self._ask("GET", f"{_at(job_id)}/video").headers["location"]

    def animatic(self, wish: bytes) -> SketchView:
        """A wish as timed cards, before anything is spent."""
        return _decoded(self._ask("POST", "/api/v1/storyboards/animatic", body=wish), SketchView)

    def preview(self, job_id: str) -> SketchView:
        """A job as far as it has come."""
        return _decoded(self._ask("POST", f"{_at(job_id)}/preview"), SketchView)

    def plan(self, wish: bytes) -> PlanView:
        """How a wish would be rendered."""
        return _decoded(self._ask("POST", "/api/v1/storyboards/plan", body=wish), PlanView)

    def plan_of(self, job_id: str) -> PlanView:
        """How a job is rendered."""
        return self.get(f"{_at(job_id)}/plan", PlanView)

    def fetch(self, job_id: str, video: VideoView, file: IO[bytes]) -> None:
        """Write the video's bytes, as they were made: size and SHA-256 are checked. Raises CliError."""
        self._fetch("the video", lambda: self.video_address(job_id), video, file)

    def fetch_file(self, job_id: str, one: FileView, file: IO[bytes]) -> None:
        """The same for a file beside the video."""
        path = f"{_at(job_id)}/files/{one.kind}"
        self._fetch(one.name, lambda: self._ask("GET", path).headers["location"], one, file)

    def export(self, job_id: str) -> ExportView:
        """All that an editing program needs, with addresses that are good for a short while."""
        return self.get(f"{_at(job_id)}/export", ExportView)

    def fetch_exported(self, one: ExportedFileView, file: IO[bytes]) -> None:
        """The same for one of those."""
        self._fetch(one.name, lambda: one.url, one, file)

    def fetch_sketch(self, sketch: SketchView, file: IO[bytes]) -> None:
        """The same for a sketch."""
        self._fetch("the sketch", lambda: sketch.url, sketch, file)

    def _fetch(self, name: str, address: Callable[[], str], made: Made, file: IO[bytes]) -> None:
        for attempt in range(1, TRIES + 1):
            file.seek(0)
            file.truncate()
            try:
                return self._copy(address(), made, file)
            except httpx.HTTPError as error:
                if attempt == TRIES:
                    raise Unreachable(f"{name} could not be downloaded ({_said(error)})") from error
                self._pause(0.2 * 2**attempt)
        raise AssertionError("the last attempt has returned or raised")

    def _copy(self, address: str, made: Made, file: IO[bytes]) -> None:
        digest = hashlib.sha256()
        # A client of its own: the address is signed, and the asset store has no business with our token.
        with (
            httpx.Client(timeout=_TIMEOUT, trust_env=self._http.trust_env, transport=self._transport) as http,
            http.stream("GET", address) as answer,
        ):
            answer.raise_for_status()
            for chunk in answer.iter_bytes(_CHUNK):
                digest.update(chunk)
                file.write(chunk)
        if file.tell() != made.size or digest.hexdigest() != made.sha256:
            raise CliError(
                f"the download has {file.tell()} bytes with SHA-256 {digest.hexdigest()[:12]}...; "
                f"{made.size} with {made.sha256[:12]}... were made",
                code="damaged_download",
            )

    @contextmanager
    def _stream(self, path: str, headers: dict[str, str], timeout_s: float) -> Iterator[Iterator[str]]:
        timeout = httpx.Timeout(timeout_s, connect=5)
        headers = {**headers, **self._authorization()}
        with self._http.stream("GET", path, headers=headers, timeout=timeout) as answer:
            answer.raise_for_status()
            yield answer.iter_lines()

    def _ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        key: str | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> httpx.Response:
        headers = {"Content-Type": "application/json"} if body is not None else {}
        headers |= {"Idempotency-Key": key} if key is not None else {}
        for attempt in range(1, TRIES + 1):
            answer, why = self._once(method, path, headers, body, params)
            if answer is not None and answer.status_code < 400:
                return answer
            wait = _wait_before_next(answer, attempt)
            if wait is None:
                break
            self._pause(wait)
        if answer is None:
            raise Unreachable(f"OmniGen at {self.place.api_url} does not answer ({why})")
        raise _problem(answer)

    def _once(
        self,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes | None,
        params: Mapping[str, Any] | None,
    ) -> tuple[httpx.Response | None, str]:
        # Every request may be repeated: those that spend carry a key, the others come to the same thing.
        try:
            sent = {**headers, **self._authorization()}
            return self._http.request(method, path, headers=sent, content=body, params=params), ""
        except httpx.HTTPError as error:
            return None, _said(error)

    def _authorization(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.place.token()}"}


def _at(job_id: str) -> str:
    if not job_id.replace("_", "").replace("-", "").isalnum() or not job_id.isascii():
        raise Refused(f"there is no job {job_id[:60]!r}", http_status=404, code="not_found")
    return f"/api/v1/jobs/{job_id}"


def _decoded(answer: httpx.Response, model: type[T]) -> T:
    try:
        return msgspec.json.decode(answer.content, type=model)
    except msgspec.MsgspecError as error:
        raise CliError(
            f"{answer.request.url.copy_with(query=None)} answers what this version can't read: {error}",
            code="not_understood",
        ) from error


def _wait_before_next(answer: httpx.Response | None, attempt: int) -> float | None:
    """Seconds to wait before it is tried again; None where that can't help."""
    if attempt == TRIES:
        return None
    if answer is None:
        return float(0.2 * 2**attempt)
    waits = answer.status_code in (502, 503, 504) or _told(answer).get("code") == "rate_limited"
    asked = answer.headers.get("retry-after", "1")
    seconds = int(asked) if asked.isdecimal() else 1
    return seconds if waits and seconds <= _PATIENCE_S else None


def _problem(answer: httpx.Response) -> Refused:
    told = _told(answer)
    detail = str(told.get("detail") or f"OmniGen answers {answer.status_code} {answer.reason_phrase}")
    return Refused(
        detail,
        http_status=answer.status_code,
        code=str(told.get("code") or f"http_{answer.status_code}"),
        field=told.get("field"),
    )


def _told(answer: httpx.Response) -> dict[str, Any]:
    try:
        told = answer.json()
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _said(error: httpx.HTTPError) -> str:
    return str(error) or type(error).__name__
