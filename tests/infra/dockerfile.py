"""Reads a Dockerfile, and carries it out in a folder: no engine builds images here, but its instructions are ours to try.

Every path under /opt, /build and /tmp becomes one under the folder; the base image is a fresh virtual environment.
What that can't show: the base image itself, its user, and a root file system that can't be written to.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
_INSIDE: Final = re.compile(r"(?<![\w./])/(opt|build|tmp)\b")


@dataclass(frozen=True)
class Instruction:
    """One instruction, its continuation lines joined, its heredocs none."""

    verb: str
    rest: str

    @property
    def words(self) -> list[str]:
        """The exec form's words, or the shell's."""
        found: list[str] = json.loads(self.rest) if self.rest.startswith("[") else shlex.split(self.rest)
        return found


@dataclass(frozen=True)
class Stage:
    """What follows one FROM."""

    base: str
    name: str
    instructions: tuple[Instruction, ...]

    def all(self, verb: str) -> list[Instruction]:
        return [one for one in self.instructions if one.verb == verb]

    def last(self, verb: str) -> Instruction:
        return self.all(verb)[-1]

    @property
    def environment(self) -> dict[str, str]:
        return dict(word.split("=", 1) for one in self.all("ENV") for word in one.words)

    @property
    def copied(self) -> list[str]:
        """Everything that it takes from the build context."""
        return [source for one in self.all("COPY") if "--from" not in one.rest for source in one.words[:-1]]

    @property
    def health_check(self) -> list[str]:
        """The command that tells whether it is well; empty where there is none."""
        rest = self.last("HEALTHCHECK").rest
        return [] if rest == "NONE" else Instruction("CMD", rest.partition("CMD ")[2]).words


@dataclass(frozen=True)
class Dockerfile:
    """Its stages in order, and the arguments that stand before them."""

    arguments: dict[str, str]
    stages: tuple[Stage, ...]

    @property
    def final(self) -> Stage:
        return self.stages[-1]


def read(path: Path) -> Dockerfile:
    """Parse."""
    text = "\n".join(line for line in path.read_text().splitlines() if not line.lstrip().startswith("#"))
    lines = [line.strip() for line in text.replace("\\\n", " ").splitlines() if line.strip()]
    every = [
        Instruction(verb.upper(), " ".join(rest.split()))
        for verb, _, rest in (x.partition(" ") for x in lines)
    ]
    starts = [n for n, one in enumerate(every) if one.verb == "FROM"]
    arguments = dict(one.rest.split("=", 1) for one in every[: starts[0]] if one.verb == "ARG")
    stages = []
    for start, end in zip(starts, [*starts[1:], len(every)], strict=True):
        base, _, name = every[start].rest.partition(" AS ")
        stages.append(Stage(base, name, tuple(every[start + 1 : end])))
    return Dockerfile(arguments, tuple(stages))


def context(into: Path) -> None:
    """Copy what .dockerignore lets through: an allow-list, so its `!` lines say it all."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in lines, "everything is to stay out unless it is named"
    never = [line.removeprefix("**/") for line in lines if line.startswith("**/")]
    for name in (line[1:] for line in lines if line.startswith("!")):
        source, target = ROOT / name, into / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns(*never))
        else:
            shutil.copy2(source, target)


@dataclass(frozen=True)
class Built:
    """An image as a folder."""

    folder: Path
    stage: Stage
    python: Path
    """Of the virtual environment that stands for the base image; nothing is installed there but pip."""

    def at(self, path: str) -> Path:
        """Where a path of the image is here."""
        return Path(moved(path, self.folder))

    def start(self, argv: list[str], **changes: str) -> "subprocess.Popen[str]":
        """Run a command in it, with its environment and `changes`, and nothing else of ours."""
        inside = {name: moved(value, self.folder) for name, value in self.stage.environment.items()}
        return subprocess.Popen(
            [moved(word, self.folder) for word in argv],
            cwd=self.folder,
            env={"PATH": f"{self.python.parent}:/usr/bin:/bin", **inside, **changes},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, argv: list[str], **changes: str) -> str:
        """The same, until it ends: what it says. Raises AssertionError if it fails."""
        process = self.start(argv, **changes)
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        return out


def moved(text: str, folder: Path) -> str:
    """Paths of the image, in the folder."""
    return _INSIDE.sub(lambda found: f"{folder}/{found[1]}", text)


def carry_out(path: Path, folder: Path, interpreter: Path) -> Built:
    """Both stages: COPY and RUN of the first, COPY --from of the second."""
    file = read(path)
    build, final = file.stages
    first, second = folder / "first", folder / "second"
    python = _environment(folder / "venv", interpreter)
    sources = folder / "context"
    context(sources)
    for place in (first, second):
        for name in ("opt", "build", "tmp"):
            (place / name).mkdir(parents=True)
    where, arguments = "/", dict(file.arguments)
    for one in build.instructions:
        if one.verb == "ARG":
            arguments |= dict([one.rest.split("=", 1)])
        elif one.verb == "WORKDIR":
            where = one.rest
        elif one.verb == "COPY":
            _copy(one.words, sources, first, where)
        elif one.verb == "RUN":
            _run(one.rest, Path(moved(where, first)), first, python, arguments)
        else:
            raise NotImplementedError(one.verb)
    for one in final.all("COPY"):
        _, source, target = one.words
        shutil.copytree(moved(source, first), moved(target, second), dirs_exist_ok=True)
    return Built(second, final, python)


def _environment(folder: Path, interpreter: Path) -> Path:
    subprocess.run([str(interpreter), "-m", "venv", str(folder)], check=True)
    return folder / "bin/python"


def _copy(words: list[str], sources: Path, image: Path, where: str) -> None:
    *names, target = words
    into = Path(moved(os.path.join(where, target), image))  # noqa: PTH118  the target may be absolute
    for name in names:
        source = sources / name
        if source.is_dir():
            shutil.copytree(source, into, dirs_exist_ok=True)
        else:
            into.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, into)


def _run(command: str, where: Path, image: Path, python: Path, arguments: dict[str, str]) -> None:
    environment = {
        **{name: value for name, value in os.environ.items() if _is_of_the_line(name)},
        **arguments,
        "PATH": f"{python.parent}:/usr/bin:/bin",
        "HOME": os.environ.get("HOME", "/"),
    }
    argv = ["/bin/sh", "-euc", moved(command, image)]
    done = subprocess.run(argv, cwd=where, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"


def _is_of_the_line(name: str) -> bool:
    """How a machine reaches the registry of packages is its own affair."""
    return any(fnmatch(name, pattern) for pattern in ("PIP_*", "UV_*", "*_PROXY", "*_proxy", "SSL_CERT_*"))
