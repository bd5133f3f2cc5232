"""The script of requests: run against the real service and against the fake, side by side.

Its order is that of a job on a laptop: who am I, what is there, a picture is lent, a clip is made from it, found in
the list, polled, fetched, and what was lent is taken back. All but the clip (and the second one that `cancels`
asks for) costs nothing.
"""

import asyncio
import contextlib
import io
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, Self
from urllib.parse import urlsplit

import httpx
from attrs import field, frozen
from PIL import Image

from emulator.replicate.records import ENDED
from emulator.replicate.verify.fields import fields_of, refusals, told_of
from emulator.replicate.verify.shapes import Missed, Seen, shape_of
from omnigen.adapters.replicate.families import FAMILIES
from omnigen.adapters.replicate.provider import CANCEL_AFTER
from omnigen.domain.catalogue import Catalogue, Model
from omnigen.ports.provider import Ask
from omnigen.settings import REPLICATE_DELIVERY

PROMPT: Final = "a lighthouse at dusk, slow waves, the light turns"
_HEADERS: Final = (
    "content-type",
    "ratelimit-remaining",
    "ratelimit-reset",
    "retry-after",
    "preference-applied",
)
_FILE_HEADERS: Final = ("content-type", "accept-ranges", "content-range", "content-length")
_BY_PRESENCE: Final = frozenset({"ratelimit-remaining", "ratelimit-reset", "retry-after", "content-length"})
_IN_TIME: Final = frozenset({"started_at", "completed_at", "metrics", "output", "logs"})
"""What depends on how far a prediction has come."""
_TIMEOUT: Final = httpx.Timeout(connect=10.0, read=90.0, write=60.0, pool=10.0)


class Missing(Exception):
    """An earlier answer that this check needs is not there."""


@frozen(kw_only=True)
class Plan:
    """What is asked for, and how patiently."""

    catalogue: Catalogue
    model: Model
    cancels: bool = False
    poll: float = 2.0
    """Seconds between two looks at the prediction."""
    patience: float = 900.0
    """Seconds after which a clip is given up, and cancelled."""
    hosts: tuple[str, ...] = field(default=REPLICATE_DELIVERY)
    """Where outputs may lie, as OmniGen's settings have it."""


class Visit:
    """One run of the script against one service. Leaves nothing behind: an unfinished prediction is cancelled."""

    def __init__(self, base: str, token: str, plan: Plan) -> None:
        self._plan = plan
        self._http = httpx.AsyncClient(
            base_url=base, timeout=_TIMEOUT, trust_env=False, headers={"Authorization": f"Bearer {token}"}
        )
        # Downloads carry no token, whatever host an output names.
        self._public = httpx.AsyncClient(timeout=_TIMEOUT, trust_env=False)
        self._hosts = (urlsplit(base).hostname or "",) if base.startswith("http://") else plan.hosts
        self._file: dict[str, Any] = {}
        self._given: dict[str, Any] = {}
        self._made: dict[str, Any] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        with contextlib.suppress(httpx.HTTPError):
            if self._made.get("id") and self._made.get("status") not in ENDED:
                await self._http.post(f"/v1/predictions/{self._made['id']}/cancel")
        with contextlib.suppress(httpx.HTTPError):
            if self._file.get("id"):
                await self._http.delete(f"/v1/files/{self._file['id']}")
        await self._http.aclose()
        await self._public.aclose()

    async def run(self, said: Callable[[str], None] = lambda _: None) -> dict[str, Seen | Missed]:
        """Every check by its name, in order."""
        found: dict[str, Seen | Missed] = {}
        for name, check in self._checks().items():
            said(name)
            try:
                found[name] = await check()
            except Missing as why:
                found[name] = Missed(str(why))
            except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
                found[name] = Missed(type(error).__name__)
        return found

    def _checks(self) -> dict[str, Callable[[], Awaitable[Seen]]]:
        models = {f"model {m.id}": self._model_check(m) for m in self._plan.catalogue.models}
        last = {"cancel at once": self._cancel_at_once} if self._plan.cancels else {}
        return {
            "account": lambda: self._get("/v1/account"),
            "401 for another token": self._unauthenticated,
            "404 for a prediction": lambda: self._refused("GET", f"/v1/predictions/{'0' * 26}"),
            "404 for a model": lambda: self._refused(
                "GET", "/v1/models/replicate/no-such-model-of-this-name"
            ),
            "422 for a version": lambda: self._refused(
                "POST", "/v1/predictions", json={"version": "0" * 64, "input": {}}
            ),
            "422 for an input": self._bad_input,
            "webhook secret": self._webhook_secret,
            **models,
            "lend a file": self._lend,
            "read a file's entry": lambda: self._get(f"/v1/files/{self._needed(self._file, 'a file')['id']}"),
            "create, Prefer: wait": self._create,
            "list of predictions": self._listing,
            "poll to the end": self._poll,
            "download": self._download,
            "download in part": self._download_part,
            "cancel after the end": self._cancel_ended,
            **last,
            "take a file back": self._take_back,
        }

    # --- single requests

    async def _get(self, path: str) -> Seen:
        return seen(await self._http.get(path))

    async def _refused(self, method: str, path: str, **how: Any) -> Seen:
        reply = await self._http.request(method, path, **how)
        await self._undo(reply)
        return refusal(reply)

    async def _undo(self, reply: httpx.Response) -> None:
        """A prediction that should have been refused must not cost anything."""
        if reply.status_code == 201:
            await self._http.post(f"/v1/predictions/{reply.json()['id']}/cancel")

    async def _unauthenticated(self) -> Seen:
        headers = {"Authorization": "Bearer r8_this_is_nobodys_token"}
        return refusal(await self._http.get("/v1/account", headers=headers))

    async def _bad_input(self) -> Seen:
        """No prompt, and a length that no model makes."""
        path = f"/v1/models/{self._plan.model.id}/predictions"
        return await self._refused("POST", path, json={"input": {"duration": "no number"}})

    async def _webhook_secret(self) -> Seen:
        reply = await self._http.get("/v1/webhooks/default/secret")
        key = re.fullmatch(r"whsec_[A-Za-z0-9+/]+=*", str(body_of(reply).get("key", "")))
        return seen(reply, facts={"the key is whsec_ and base64": key is not None})

    def _model_check(self, model: Model) -> Callable[[], Awaitable[Seen]]:
        async def check() -> Seen:
            reply = await self._http.get(f"/v1/models/{model.id}")
            fields = fields_of(body_of(reply))
            refused = "; ".join(refusals(model, fields)) or "nothing"
            return seen(reply, facts={"refused of what OmniGen sends": refused}, fields=told_of(fields))

        return check

    # --- a clip

    async def _lend(self) -> Seen:
        content = {"content": ("picture.png", picture(), "image/png")}
        reply = await self._http.post("/v1/files", files=content)
        self._file = body_of(reply)
        return seen(reply)

    async def _create(self) -> Seen:
        self._given = self._input()
        path = f"/v1/models/{self._plan.model.id}/predictions"
        after = f"{CANCEL_AFTER.total_seconds():.0f}s"
        headers = {"Prefer": "wait=1", "Cancel-After": after}
        reply = await self._http.post(path, json={"input": self._given}, headers=headers)
        self._made = body_of(reply) if reply.status_code == 201 else {}
        return seen(reply, without=_IN_TIME, facts=self._is_ours(self._made))

    def _input(self) -> dict[str, Any]:
        model = self._plan.model
        lent = self._needed(self._file, "a file")["urls"]["get"] if model.first_frame_required else None
        ask = Ask(
            prompt=PROMPT, seed=7, seconds=model.seconds[0], resolution=model.resolutions[0], image=lent
        )
        return dict(FAMILIES[model.family](ask, model))

    def _is_ours(self, told: Mapping[str, Any]) -> dict[str, Any]:
        """What finding a prediction again after a lost reply stands on."""
        return {
            "the model is told as asked": told.get("model") == self._plan.model.id,
            "the input is told as posted": told.get("input") == self._given,
        }

    async def _listing(self) -> Seen:
        made = self._needed(self._made, "a prediction")
        reply = await self._http.get("/v1/predictions")
        page = body_of(reply)
        mine = next((p for p in page.get("results", ()) if p.get("id") == made["id"]), None)
        facts = {"ours is on its first page": mine is not None, **self._is_ours(mine or {})}
        # Of the others the account has made, nothing is looked at.
        shown = page | {"results": [{k: v for k, v in mine.items() if k not in _IN_TIME}] if mine else []}
        return seen(reply, body=shown, facts=facts)

    async def _poll(self) -> Seen:
        path = f"/v1/predictions/{self._needed(self._made, 'a prediction')['id']}"
        until = time.monotonic() + self._plan.patience
        while True:
            reply = await self._http.get(path)
            self._made = body_of(reply) or self._made
            if reply.status_code != 200 or self._made.get("status") in ENDED:
                return seen(
                    reply, facts={"it ended as": self._made.get("status"), **self._is_ours(self._made)}
                )
            if time.monotonic() > until:
                raise Missing(f"no clip within {self._plan.patience:g} s; cancelled")
            await asyncio.sleep(self._plan.poll)

    async def _download(self) -> Seen:
        url = self._output()
        reply = await self._public.get(url)
        facts = {
            "from a host that OmniGen allows": any(map(_fits(urlsplit(url).hostname or ""), self._hosts)),
            "it begins like an MP4": reply.content[4:8] == b"ftyp",
        }
        return Seen(status=reply.status_code, headers=headers_of(reply, _FILE_HEADERS), facts=facts)

    async def _download_part(self) -> Seen:
        reply = await self._public.get(self._output(), headers={"Range": "bytes=0-99"})
        facts = {"bytes": len(reply.content)}
        return Seen(status=reply.status_code, headers=headers_of(reply, _FILE_HEADERS), facts=facts)

    def _output(self) -> str:
        output = self._made.get("output")
        if not isinstance(output, str):
            raise Missing("it needs an output")
        return output

    async def _cancel_ended(self) -> Seen:
        made = self._needed(self._made, "a prediction")
        if made.get("status") not in ENDED:
            raise Missing("it needs a prediction that has ended")
        reply = await self._http.post(f"/v1/predictions/{made['id']}/cancel")
        return seen(reply, facts={"left as it was": body_of(reply).get("status") == made["status"]})

    async def _take_back(self) -> Seen:
        path = f"/v1/files/{self._needed(self._file, 'a file')['id']}"
        gone = await self._http.delete(path)
        self._file = {}
        after = await self._http.get(path)
        return Seen(status=gone.status_code, facts={"afterwards": after.status_code})

    async def _cancel_at_once(self) -> Seen:
        path = f"/v1/models/{self._plan.model.id}/predictions"
        made = await self._http.post(path, json={"input": self._needed(self._given, "an input")})
        if made.status_code != 201:
            raise Missing(f"it was answered with {made.status_code}")
        reply = await self._http.post(f"/v1/predictions/{made.json()['id']}/cancel")
        return seen(reply, without=_IN_TIME)

    @staticmethod
    def _needed(found: dict[str, Any], what: str) -> dict[str, Any]:
        if not found:
            raise Missing(f"it needs {what}, and there is none")
        return found


def seen(
    reply: httpx.Response,
    *,
    body: Mapping[str, Any] | None = None,
    without: frozenset[str] = frozenset(),
    facts: Mapping[str, Any] | None = None,
    fields: Mapping[str, str] | None = None,
) -> Seen:
    """An answer of the API. `body` stands for its own where only a part is to be compared."""
    told = body_of(reply) if body is None else body
    kept = {name: value for name, value in told.items() if name not in without}
    return Seen(
        status=reply.status_code,
        headers=headers_of(reply, _HEADERS),
        body=shape_of(kept),
        facts=facts or {},
        fields=fields or {},
    )


def refusal(reply: httpx.Response) -> Seen:
    """An answer that says no; its title is a text that both must have in common."""
    return seen(reply, facts={"title": body_of(reply).get("title")})


def body_of(reply: httpx.Response) -> dict[str, Any]:
    """Its JSON object; nothing where it has none."""
    try:
        told = reply.json()
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {"": told}


def headers_of(reply: httpx.Response, names: tuple[str, ...]) -> dict[str, str]:
    """Those of the headers that are there, without what differs from one answer to the next."""
    there = {name: reply.headers[name] for name in names if name in reply.headers}
    return {name: _plain(name, value) for name, value in there.items()}


def _plain(name: str, value: str) -> str:
    if name in _BY_PRESENCE:
        return "there"
    return re.sub(r"\d+", "n", value) if name == "content-range" else value.partition(";")[0].strip()


def picture() -> bytes:
    """A first frame that every model takes: 1280x720, PNG."""
    file = io.BytesIO()
    Image.linear_gradient("L").resize((1280, 720)).convert("RGB").save(file, "PNG")
    return file.getvalue()


def _fits(host: str) -> Callable[[str], bool]:
    return lambda allowed: host == allowed or (allowed.startswith("*.") and host.endswith(allowed[1:]))
