"""Builds the zip of the Lambdas that carry no decoder: small, quick to start, the same bytes every time.

    python scripts/build_lambda_zip.py [--arch arm64] [--python 3.13] [--out dist]

Python 3.13: every package here has wheels for it, on both architectures; Lambda ends 3.11 in June 2026 and 3.12
eight months before 3.13; replicate 1.0 doesn't run on 3.14.

A Lambda can't write beside its code, so a module without bytecode is compiled anew at every cold start (importing
what a step needs took 1.1 s of CPU so, and 0.4 s with it). Where an interpreter of that version is found, its bytecode
is put in, unchecked: files in a zip have no times to compare.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
PYTHON: Final = "3.13"
PLATFORMS: Final = {"arm64": "aarch64-manylinux_2_28", "x86_64": "x86_64-manylinux_2_28"}
"""Amazon Linux 2023 has glibc 2.34."""
LARGEST: Final = 50_000_000
"""Bytes: a larger zip can't be uploaded to Lambda directly."""
SERVICES: Final = ("dynamodb", "lambda", "s3", "secretsmanager", "stepfunctions")
"""Whose descriptions are kept of the four hundred that botocore brings (25 MB)."""
OMITTED: Final = (
    *("entrypoints/cli", "entrypoints/http", "entrypoints/worker.py"),
    *("adapters/ffmpeg", "adapters/local/sqlite", "adapters/memory"),
    *("adapters/aws/cloudfront.py", "adapters/oidc.py", "adapters/opentimeline.py", "adapters/prometheus.py"),
)
"""Parts of OmniGen that only the API, the composer or a laptop run; their packages aren't here."""
_NOISE: Final = frozenset((".c", ".h", ".lock", ".pxd", ".pyc", ".pyi", ".pyx"))
_MADE_BY_INSTALLERS: Final = frozenset(
    ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json")
)
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest that a zip can say."""


def main() -> int:
    """Build, say what it has become; exit status 1 if Lambda would refuse it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--arch", choices=sorted(PLATFORMS), default="arm64")
    parser.add_argument("--python", default=PYTHON, metavar="VERSION")
    parser.add_argument("--out", type=Path, default=ROOT / "dist")
    given = parser.parse_args()
    out = given.out / f"generator-{given.arch}.zip"
    try:
        compiled = build(out, arch=given.arch, python=given.python)
    except subprocess.CalledProcessError as error:
        print(f"{out} could not be built: {error.stderr or error}", file=sys.stderr)
        return 1
    size = out.stat().st_size
    how = f"with bytecode of {compiled}" if compiled else f"without bytecode (no Python {given.python} found)"
    print(f"{out}: {size / 1e6:.1f} MB, Python {given.python}, {given.arch}, {how}")
    if size > LARGEST:
        print(f"larger than {LARGEST / 1e6:.0f} MB: Lambda refuses it", file=sys.stderr)
        return 1
    return 0


def build(out: Path, *, arch: str, python: str = PYTHON) -> Path | None:
    """Write the zip. Returns the interpreter that made its bytecode; None if there is none of that version."""
    with tempfile.TemporaryDirectory(prefix="omnigen-zip-") as scratch:
        staged = Path(scratch) / "staged"
        install(staged, arch=arch, python=python)
        copy_omnigen(staged)
        strip(staged)
        interpreter = found(python)
        if interpreter is not None:
            compile_all(staged, interpreter)
        out.parent.mkdir(parents=True, exist_ok=True)
        pack(staged, out)
    return interpreter


def install(staged: Path, *, arch: str, python: str) -> None:
    """The generator's packages, for that platform."""
    flags = ("--python-platform", PLATFORMS[arch], "--python-version", python)
    subprocess.run(
        [str(ROOT / "infra/docker/install.sh"), "generator", str(staged), *flags],
        check=True,
        cwd=ROOT,
        env={"UV": uv(), **os.environ},
        stderr=subprocess.PIPE,
        text=True,
    )


def copy_omnigen(staged: Path) -> None:
    """The source, without what other artifacts run."""
    shutil.copytree(ROOT / "src/omnigen", staged / "omnigen", ignore=shutil.ignore_patterns("__pycache__"))
    for name in OMITTED:
        path = staged / "omnigen" / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def strip(staged: Path) -> None:
    """Take out what is never read at run time. Licences stay."""
    shutil.rmtree(staged / "bin", ignore_errors=True)
    shutil.rmtree(staged / "boto3/examples", ignore_errors=True)
    shutil.rmtree(staged / "boto3/data", ignore_errors=True)  # of its resources, which nobody uses
    for folder in (staged / "botocore/data").iterdir():
        if folder.is_dir() and folder.name not in SERVICES:
            shutil.rmtree(folder)
    for path in files(staged):
        if path.suffix in _NOISE or path.name in _MADE_BY_INSTALLERS or path.name == ".lock":
            path.unlink()


def compile_all(staged: Path, interpreter: Path) -> None:
    """Bytecode whose source is never looked at again, and which names the place that Lambda unpacks to."""
    flags = ("-q", "-f", "--invalidation-mode", "unchecked-hash", "-s", str(staged), "-p", "/var/task")
    # Without a fixed seed, sets of constants are written in any order.
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    subprocess.run(
        [str(interpreter), "-m", "compileall", *flags, str(staged)],
        check=True,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def pack(staged: Path, out: Path) -> None:
    """One order, one time, one mode for all."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(files(staged), key=lambda path: path.relative_to(staged).as_posix()):
            entry = zipfile.ZipInfo(path.relative_to(staged).as_posix(), _EPOCH)
            entry.create_system = 3  # Unix, wherever it is built: the mode counts
            entry.external_attr = (0o100755 if ".so" in path.suffixes else 0o100644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())


def files(folder: Path) -> list[Path]:
    """Every file of a folder, of every depth."""
    return [path for path in folder.rglob("*") if path.is_file()]


def found(version: str) -> Path | None:
    """An interpreter of that version which really starts."""
    for candidate in _candidates(version):
        answer = subprocess.run(
            [candidate, "-c", "import sys; print(sys.executable, '%d.%d' % sys.version_info[:2])"],
            capture_output=True,
            text=True,
            check=False,
        )
        told = answer.stdout.split()
        if answer.returncode == 0 and told[-1:] == [version]:
            return Path(told[0])
    return None


def _candidates(version: str) -> Iterator[str]:
    if version == f"{sys.version_info.major}.{sys.version_info.minor}":
        yield sys.executable
    if on_path := shutil.which(f"python{version}"):
        yield on_path
    # pyenv's versions are on the PATH only while they are chosen.
    for home in sorted((Path.home() / ".pyenv/versions").glob(f"{version}.*")):
        yield str(home / "bin/python")


def uv() -> str:
    """Beside this interpreter, where `make setup` has put it, or on the PATH."""
    beside = Path(sys.executable).parent / "uv"
    return str(beside) if beside.exists() else "uv"


if __name__ == "__main__":
    sys.exit(main())
