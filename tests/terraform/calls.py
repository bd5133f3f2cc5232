"""What each part asks AWS for, read off the code: its use cases, by the container their adapters, and what these call."""

import ast
import inspect
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import botocore.session
from botocore import xform_name
from dependency_injector import providers

from omnigen.container import Container

ROOT: Final = Path(__file__).resolve().parents[2]
_SOURCE: Final = ROOT / "src"
_AWS: Final = "omnigen.adapters.aws"
PARTS: Final = ("generator", "composer", "sweeper", "api")

_ALWAYS: Final = (f"{_AWS}.s3", f"{_AWS}.dynamodb")
"""Stores are opened before any part begins (`opened` of the container)."""
_FILLED: Final = {"provider": "replicate", "workflow": "starter"}
"""What the container is handed by `stepping` and `running`."""
SERVICES: Final = {
    "s3": "s3",
    "dynamodb": "dynamodb",
    "composer_function": "lambda",
    "stepfunctions": "stepfunctions",
    "secretsmanager": "secretsmanager",
    "cognito": "cognito-idp",
}
"""Which service an adapter's module calls, by the beginning of its name."""
RIGHTS: Final[Mapping[str, tuple[str, ...]]] = {
    "head_bucket": ("s3:ListBucket",),
    "list_objects_v2": ("s3:ListBucket",),
    "head_object": ("s3:GetObject",),
    "get_object": ("s3:GetObject",),
    "copy_object": ("s3:GetObject", "s3:PutObject"),
    "put_object": ("s3:PutObject",),
    "generate_presigned_post": ("s3:PutObject",),
    "create_multipart_upload": ("s3:PutObject",),
    "upload_part": ("s3:PutObject",),
    "complete_multipart_upload": ("s3:PutObject",),
    "abort_multipart_upload": ("s3:AbortMultipartUpload",),
    "delete_object": ("s3:DeleteObject",),
    "query": ("dynamodb:Query",),
    "get_item": ("dynamodb:GetItem",),
    "put_item": ("dynamodb:PutItem",),
    "update_item": ("dynamodb:UpdateItem",),
    "delete_item": ("dynamodb:DeleteItem",),
    "batch_get_item": ("dynamodb:BatchGetItem",),
    "batch_write_item": ("dynamodb:BatchWriteItem",),
    "transact_write_items": (
        "dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem",
    ),
    "invoke": ("lambda:InvokeFunction",),
    "start_execution": ("states:StartExecution",),
    "get_secret_value": ("secretsmanager:GetSecretValue",),
}  # fmt: skip
"""What IAM wants for a call (AWS's service authorization reference)."""


def rights_of(part: str) -> set[str]:
    """All actions that a part must be allowed."""
    return {right for call in calls_of(part) for right in RIGHTS[call]}


def calls_of(part: str) -> set[str]:
    """Every call of AWS that a part can come to make."""
    return {call for module in modules_of(part) for call in calls_in(module)}


def modules_of(part: str) -> set[str]:
    """Modules of the AWS adapters that a part uses, those that they import included."""
    paths = {path.rpartition(".")[0] for path in adapters_of(part) if path.startswith(_AWS)}
    return {module for path in (*paths, *_ALWAYS) for module in _with_imports(path)}


def adapters_of(part: str) -> set[str]:
    """Import paths of all adapters that the use cases of a part are made of, in profile aws."""
    seen: dict[int, Any] = {}
    for name in _asked_of_the_container(part):
        _walk(Container.providers[name], seen)
    made = [
        inspect.getclosurevars(provider.provides).nonlocals
        for provider in seen.values()
        if _is_late(provider)
    ]
    return {found["path"] for found in made}


@cache
def calls_in(module: str) -> frozenset[str]:
    """Calls of AWS in a module: methods of its service's client, and those that it names by a string."""
    known = _operations(module)
    named = {
        node.attr if isinstance(node, ast.Attribute) else node.value
        for node in ast.walk(_tree(module))
        if isinstance(node, ast.Attribute) or (isinstance(node, ast.Constant) and isinstance(node.value, str))
    }
    return frozenset(named & known)


def all_modules() -> Iterator[str]:
    """Every module of the AWS adapters."""
    for path in sorted((_SOURCE / _AWS.replace(".", "/")).rglob("*.py")):
        yield ".".join(path.relative_to(_SOURCE).with_suffix("").parts).removesuffix(".__init__")


@cache
def _operations(module: str) -> frozenset[str]:
    """What the clients of a module can be asked: those of its own service, and by a helper's module of none."""
    ending = module.removeprefix(_AWS).lstrip(".")
    services = [service for name, service in SERVICES.items() if ending.startswith(name)]
    session = botocore.session.get_session()
    named = {
        xform_name(operation)
        for service in services
        for operation in session.get_service_model(service).operation_names
    }
    return frozenset(named | ({"generate_presigned_post"} if "s3" in services else set()))


def _asked_of_the_container(part: str) -> set[str]:
    if part == "api":
        return {"app"}
    return {
        node.attr
        for node in ast.walk(_tree(f"omnigen.entrypoints.lambdas.{part}"))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "container"
    }


def _walk(provider: Any, seen: dict[int, Any]) -> None:
    """Everything that a provider is made of; of two profiles, what is for AWS."""
    if id(provider) in seen:
        return
    seen[id(provider)] = provider
    name = next((name for name, known in Container.providers.items() if known is provider), None)
    parts = [Container.providers[_FILLED[name]]] if name in _FILLED else []
    is_choice = isinstance(provider, providers.Selector)
    for part in (*parts, *([provider.providers["aws"]] if is_choice else provider.related)):
        _walk(part, seen)


def _is_late(provider: Any) -> bool:
    """Whether it is `wiring.late`'s."""
    made = getattr(provider, "provides", None)
    return inspect.isfunction(made) and made.__qualname__ == "late.<locals>.make"


@cache
def _with_imports(module: str) -> frozenset[str]:
    """It, and the modules of the AWS adapters that it imports."""
    found: set[str] = set()
    left = [module]
    while left:
        here = left.pop()
        if here not in found:
            found.add(here)
            left += _imports(here)
    return frozenset(found)


def _imports(module: str) -> Iterator[str]:
    known = set(all_modules())
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.ImportFrom) and node.module in known:
            yield node.module
            yield from ({f"{node.module}.{alias.name}" for alias in node.names} & known)


@cache
def _tree(module: str) -> ast.Module:
    path = _SOURCE / module.replace(".", "/")
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return ast.parse(file.read_text(encoding="utf-8"))
