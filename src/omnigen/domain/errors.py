"""Everything that can go wrong, sorted by what the caller should do about it.

    OmniGenError
    ├── Invalid            mend the request: `field` names what is wrong
    ├── Unauthenticated    sign in again
    ├── Forbidden          ask for the right, or leave it
    ├── NotFound           it is not there, or it is not yours: the two look the same
    ├── Conflict           look at the present state, then decide
    │   ├── Superseded     a newer leg or writer has taken over: stop at once, write nothing
    │   └── KeyReused      an Idempotency-Key came back with another request: take a new key
    ├── QuotaExceeded      wait for the next period, or for a job to end
    ├── RateLimited        wait for `retry_after` seconds
    ├── TooLarge           send less
    ├── Rejected           ask for something else: trying the same again can't help
    ├── Transient          try again later: nothing has happened, nothing was charged
    └── Ambiguous          find out first: it may have happened, and may have been charged

Adapters translate their vendor's errors into these with `raise ... from`. Anything else that escapes is a
bug and reaches the user as "internal". An outage is Transient, never NotFound.
"""

from typing import ClassVar


class OmniGenError(Exception):
    """Base of the tree. `message` is for the user, `code` is stable and for programs."""

    code: ClassVar[str] = "internal"

    def __init__(self, message: str, *, code: str | None = None, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        """Path of the field at fault, as in `storyboard.scenes[3].prompt`."""
        self.reason = code or self.code
        """The stable code of this very error; `code` is the default of its class."""


class Invalid(OmniGenError):
    """The request can't be understood or is out of bounds."""

    code = "invalid"


class Unauthenticated(OmniGenError):
    """There is no valid access token."""

    code = "unauthenticated"


class Forbidden(OmniGenError):
    """The caller is known, and may not do this."""

    code = "forbidden"


class NotFound(OmniGenError):
    """There is no such thing, or it belongs to somebody else."""

    code = "not_found"


class Conflict(OmniGenError):
    """The thing is not in a state in which this can be done."""

    code = "conflict"


class Superseded(Conflict):
    """A newer leg has written this item: the present writer is a zombie and must stop."""

    code = "superseded"


class KeyReused(Conflict):
    """The same Idempotency-Key was used for a different request."""

    code = "idempotency_key_reused"


class QuotaExceeded(OmniGenError):
    """The tier's videos, money or concurrent jobs are used up."""

    code = "quota_exceeded"


class TooLarge(OmniGenError):
    """The body or file is larger than is allowed."""

    code = "too_large"


class _Waiting(OmniGenError):
    """An error after which waiting helps. `retry_after` is in seconds, None where nobody said."""

    def __init__(
        self,
        message: str,
        *,
        retry_after: float | None = None,
        code: str | None = None,
        field: str | None = None,
    ) -> None:
        super().__init__(message, code=code, field=field)
        self.retry_after = retry_after


class RateLimited(_Waiting):
    """Too many requests in this minute."""

    code = "rate_limited"


class Rejected(OmniGenError):
    """The model, the composer or the provider will never take this."""

    code = "rejected"


class Transient(_Waiting):
    """Not now. It is certain that nothing has happened and nothing was charged."""

    code = "unavailable"


class Ambiguous(OmniGenError):
    """The reply was lost: the request may have taken effect."""

    code = "ambiguous"
