"""Makes the Lambda functions. Their code is this very checkout, run by our interpreter, images' as well as zips'.

Lambda's own Python runtime, in ministack, loses the classes of exceptions, and with them every Retry and Catch:
these functions bring a runtime of their own instead, which is AWS's own client of Lambda's runtime interface.
"""

import io
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any, Final

from emulator.aws.account import Function
from emulator.aws.roles import create_role

_BOOTSTRAP: Final = '#!/bin/sh\nexec "$LAMBDA_PYTHON" -m awslambdaric "$_HANDLER"\n'
_RESERVED: Final = "AWS_"
"""Lambda itself says who a function is, and ministack where it is."""


async def create_functions(
    client: Any, iam: Any, functions: Iterable[Function], environment: Mapping[str, str]
) -> None:
    """Make all functions with their roles, or bring those that are there up to date. Clients are awaited.

    They are told what their description says and, over it, `environment`.
    """
    over = {name: value for name, value in environment.items() if not name.startswith(_RESERVED)}
    for function in functions:
        settings = {
            "FunctionName": function.name,
            "Handler": function.handler,
            "Timeout": function.timeout_s,
            "MemorySize": function.memory_mb,
            "EphemeralStorage": {"Size": function.ephemeral_storage_mb},
            "Environment": {"Variables": {**function.environment, **over}},
            "Runtime": "provided.al2023",
            "Role": await create_role(iam, function.role),
        }
        try:
            await client.create_function(**settings, Code={"ZipFile": _code()})
        except client.exceptions.ResourceConflictException:
            await client.update_function_configuration(**settings)


def _code() -> bytes:
    """A zip with nothing but the bootstrap."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        bootstrap = zipfile.ZipInfo("bootstrap")
        bootstrap.external_attr = 0o755 << 16
        archive.writestr(bootstrap, _BOOTSTRAP)
    return made.getvalue()
