"""Makes the Lambda functions of infra/resources.json. Their code is this very checkout, run by our interpreter.

Lambda's own Python runtime, in ministack, loses the classes of exceptions, and with them every Retry and Catch:
these functions bring a runtime of their own instead, which is AWS's own client of Lambda's runtime interface.
"""

import io
import zipfile
from collections.abc import Mapping
from typing import Any, Final

from emulator.aws.part import PREFIX
from emulator.aws.roles import create_role, function_policy

_BOOTSTRAP: Final = '#!/bin/sh\nexec "$LAMBDA_PYTHON" -m awslambdaric "$_HANDLER"\n'
_RESERVED: Final = "AWS_"
"""Lambda itself says who a function is, and ministack where it is."""


async def create_functions(
    client: Any, iam: Any, functions: Mapping[str, Mapping[str, Any]], environment: Mapping[str, str]
) -> None:
    """Make all functions with their roles, or bring those that are there up to date. Clients are awaited."""
    told = {name: value for name, value in environment.items() if not name.startswith(_RESERVED)}
    for name, function in functions.items():
        role = await create_role(iam, name, "lambda.amazonaws.com", function_policy(function))
        settings = {
            "FunctionName": PREFIX + name,
            "Handler": function["handler"],
            "Timeout": function["timeout_s"],
            "MemorySize": function["memory_mb"],
            "EphemeralStorage": {"Size": function["ephemeral_storage_mb"]},
            "Environment": {"Variables": told},
            "Runtime": "provided.al2023",
            "Role": role,
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
