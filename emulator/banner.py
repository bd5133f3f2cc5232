"""What the user sees when everything runs."""

import contextlib
import json
import shlex
from pathlib import Path

from emulator.identity import seed
from emulator.identity.tokens import AccessToken
from emulator.runfile import HEADER
from emulator.stack import Stack

_BRIEF = {
    "prompt": "A lighthouse at dusk, a storm rolls in, the light comes on",
    "duration": 15,
    "aspect_ratio": "16:9",
}


def show(stack: Stack, token: AccessToken | None, *, seconds: float) -> None:
    """Print every address, the demo user, a token, and one command that makes a video."""
    # Here and not above: rich loads while the children start.
    from rich.console import Console  # noqa: PLC0415
    from rich.panel import Panel  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    console = Console(highlight=False)
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in rows(stack):
        table.add_row(name, value)
    title = f"[bold]OmniGen[/] is ready [dim]({seconds:.1f} s)[/]"
    console.print(
        Panel(table, title=title, title_align="left", border_style="cyan", padding=(1, 2), expand=False)
    )
    if token is not None:
        # Outside of the frame and unwrapped, so that they can be copied.
        console.print("[dim]A token for an hour (run.json always has a fresh one):[/]")
        console.print(token.text, soft_wrap=True, markup=False)
        console.print("\n[dim]Make a video:[/]")
        console.print(command(stack), soft_wrap=True, markup=False)
    if stack.choices.replicate == "live":
        console.print("\n[bold red]Replicate is live: every video costs real money.[/]")
    console.print(f"\n[dim]Ctrl-C stops everything. Logs:[/] {stack.folder.logs}", soft_wrap=True)


def rows(stack: Stack) -> list[tuple[str, str]]:
    """Names and values, in the order in which they are wanted."""
    return [
        ("App", stack.api_url),
        ("API", f"{stack.api_url}/api/v1"),
        ("API docs", f"{stack.api_url}/docs"),
        ("Sign in", f"{stack.identity_url}/login"),
        (
            "Replicate",
            stack.replicate_url + (" [red](live)[/]" if stack.choices.replicate == "live" else " (stand-in)"),
        ),
        ("S3", stack.s3_url),
        ("Demo user", seed.DEMO_EMAIL),
        ("Password", stack.secrets.demo_password),
        ("Data", str(stack.folder.path)),
    ]


def command(stack: Stack) -> str:
    """A command that works as it is pasted, and an hour later: curl reads the token when it is run."""
    header = stack.folder.path / HEADER
    with contextlib.suppress(ValueError):
        header = header.relative_to(Path.cwd())
    brief = json.dumps({"brief": _BRIEF})
    return (
        f"curl -sS {stack.api_url}/api/v1/jobs -H @{shlex.quote(str(header))} \\\n"
        f"  -H 'Content-Type: application/json' -H \"Idempotency-Key: $(date +%s)\" \\\n"
        f"  -d '{brief}'"
    )
