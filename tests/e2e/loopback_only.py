"""Runs a command where there is no network but loopback: `python tests/e2e/loopback_only.py pytest tests/e2e`

It takes a user and a network namespace of its own (Linux, `unshare` of util-linux), so it needs no root, and
brings `lo` up by itself, so it needs no `ip`. Where namespaces are forbidden it says so in one line: that is
an error under CI=true, and elsewhere it is not.
"""

import fcntl
import os
import socket
import struct
import subprocess
import sys
from typing import Final, NoReturn

INSIDE: Final = "--inside"
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 0x1
_REQUEST: Final = "16sh14x"
"""The part of `struct ifreq` that matters here: a name and its flags."""
_ELSEWHERE: Final = ("192.0.2.1", 9)
"""An address of documentation (RFC 5737): nobody's."""


def main(argv: list[str]) -> int:
    """Step inside, or be inside already."""
    if argv[:1] == [INSIDE]:
        bring_up_loopback()
        check_alone()
        os.execvp(argv[1], argv[1:])
    if reason := why_not():
        return forbidden(reason)
    return step_inside(argv)


def why_not() -> str:
    """What keeps us from having a namespace of our own; empty if nothing does."""
    try:
        tried = subprocess.run(["unshare", "-rn", "true"], capture_output=True, text=True, check=False)
    except OSError as error:
        return f"unshare can't be started ({error.strerror})"
    return "" if tried.returncode == 0 else tried.stderr.strip() or "unshare fails"


def forbidden(reason: str) -> int:
    """Say why nothing is checked here; in CI that must not pass unnoticed."""
    print(f"omnigen: no network namespace here, so being offline is not checked: {reason}", file=sys.stderr)
    return 1 if os.environ.get("CI") == "true" else 0


def step_inside(argv: list[str]) -> NoReturn:
    """Become the command, in a namespace of its own, as a user who is root there only."""
    sys.stdout.flush()
    os.execvp("unshare", ["unshare", "-rn", sys.executable, __file__, INSIDE, *argv])


def bring_up_loopback() -> None:
    """A new namespace has `lo`, but down."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        asked = struct.pack(_REQUEST, b"lo", 0)
        name, flags = struct.unpack(_REQUEST, fcntl.ioctl(any_socket, _SIOCGIFFLAGS, asked))
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack(_REQUEST, name, flags | _IFF_UP))


def check_alone() -> None:
    """Fail loudly where there is a way out after all: the run would prove nothing."""
    names = [name for _, name in socket.if_nameindex()]
    if names != ["lo"]:
        raise SystemExit(f"omnigen: there are other interfaces than lo: {', '.join(names)}")
    with socket.socket() as probe:
        probe.settimeout(2)
        try:
            probe.connect(_ELSEWHERE)
        except TimeoutError:
            raise SystemExit("omnigen: packets to elsewhere are taken") from None
        except OSError:
            print("omnigen: no interface but lo, and no way out", file=sys.stderr)
            return
    raise SystemExit("omnigen: somebody answers elsewhere")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
