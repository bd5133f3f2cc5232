"""What routes have in common that have something made: who asks, under which key, and the answer."""

from typing import Annotated, Any, Final

from litestar import Request, Response
from litestar.params import HeaderParameter

from omnigen.domain.errors import Invalid
from omnigen.domain.idempotency import KEY_PATTERN, check_key
from omnigen.entrypoints.http.responses import Rendered
from omnigen.entrypoints.http.views import JobView
from omnigen.ports.identity import Caller
from omnigen.usecases.job_detail import Accepted

SignedIn = Request[Caller, Any, Any]

KEYED: Final = "keyed"
"""Key in a handler's `opt`: without an Idempotency-Key it does nothing."""

IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        description="Your own name for this request, 1 to 255 visible ASCII characters: sent again within "
        "24 hours it gives the original answer and makes nothing new.",
        schema_extra={"pattern": KEY_PATTERN},
    ),
]

BODY_ERRORS = (400, 413, 415)


def required(key: str | None, what: str) -> str:
    """The key. Raises Invalid where there is none, or one that isn't allowed."""
    if key is None:
        raise Invalid(f"Idempotency-Key is missing; {what} needs one", field="Idempotency-Key")
    return check_key(key)


def accepted_answer(accepted: Accepted) -> Response[JobView]:
    """202 with the rendered answer: the original one, to the letter, where the request is a repetition."""
    headers = {"Location": f"/api/v1/jobs/{accepted.job_id}"}
    if accepted.replayed:
        headers["Idempotent-Replayed"] = "true"
    return Rendered(accepted.response, status=202, headers=headers)
