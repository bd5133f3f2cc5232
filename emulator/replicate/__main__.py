"""`python -m emulator.replicate`: the fake Replicate as a process."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import sys
from pathlib import Path

from emulator.replicate.serving import serving
from emulator.replicate.settings import Options

log = logging.getLogger("emulator.replicate")


def read_options(argv: list[str]) -> Options:
    """Ends the process with a usage message where the arguments are no good."""
    parser = argparse.ArgumentParser(
        prog="python -m emulator.replicate", description="A fake of Replicate's HTTP API."
    )
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one (the default)")
    parser.add_argument("--state-dir", type=Path, required=True, help="predictions, files and the ledger")
    parser.add_argument(
        "--public-url", help="what URLs in answers start with; http://127.0.0.1:PORT by default"
    )
    parser.add_argument("--seconds", type=float, default=4.0, help="how long a generation takes (4)")
    parser.add_argument(
        "--media", type=Path, dest="media_dir", help="hand out the files of this folder; render nothing"
    )
    parser.add_argument(
        "--cache", type=Path, dest="cache_dir", help="rendered media; STATE_DIR/cache by default"
    )
    parser.add_argument("--workers", type=int, help="rendering processes; as many as cores by default")
    parser.add_argument("--creates-per-minute", type=int, default=600)
    parser.add_argument("--reads-per-minute", type=int, default=3000)
    parser.add_argument("--token", help="accept this token only; any by default")
    parser.add_argument("--webhook-secret", help="whsec_...; made up and kept by default")
    parser.add_argument(
        "--faults", type=Path, dest="faults_file", help="a fault plan; replaces the one in force"
    )
    parser.add_argument("--catalogue", type=Path, help="prices for the ledger; OmniGen's own by default")
    given = {name: value for name, value in vars(parser.parse_args(argv)).items() if value is not None}
    try:
        return Options(**given)
    except ValueError as wrong:
        parser.error(str(wrong))


async def serve(options: Options) -> None:
    """Prints the base URL once it answers; until SIGINT or SIGTERM."""
    stopped: asyncio.Future[signal.Signals] = asyncio.get_running_loop().create_future()

    def stop(number: signal.Signals) -> None:
        if not stopped.done():
            stopped.set_result(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop, number)
    async with serving(options) as base:
        print(base, flush=True)
        log.info("stopping on %s", (await stopped).name)


def main() -> int:
    """The exit status."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    options = read_options(sys.argv[1:])
    try:
        asyncio.run(serve(options))
    except OSError as wrong:
        print(f"port {options.port} of {options.host}: {wrong.strerror}", file=sys.stderr)
        return 1
    except ValueError as wrong:
        print(wrong, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
