"""Tells trouble on the way to AWS from an answer of AWS's, and from a mistake of ours."""

import sys

from botocore.exceptions import BotoCoreError, ParamValidationError


def is_outage(error: Exception) -> bool:
    """Whether a service could not be asked, or its answer was lost: whatever it is, it may be tried again."""
    if isinstance(error, ParamValidationError):
        return False
    # aioboto3 lets some of aiohttp's errors through. A Lambda doesn't carry aiohttp, and has no need to import it.
    aiohttp = sys.modules.get("aiohttp")
    broken = (aiohttp.ClientError,) if aiohttp is not None else ()
    return isinstance(error, (BotoCoreError, TimeoutError, ConnectionError, *broken))
