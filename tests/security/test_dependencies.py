"""Every package is locked by its hash, comes from the public registries, and is asked about when we say that it was."""

import json
import os
import re
import subprocess
import threading
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import pytest

ROOT: Final = Path(__file__).parents[2]
LOCKED: Final = tomllib.loads((ROOT / "uv.lock").read_text())["package"]
NPM_LOCKS: Final = [
    ROOT / folder / "package-lock.json" for folder in ("infra/tools", "tests/emulator/js", "web")
]
PINNED: Final = ("emulator/identity", "infra/tools")
HASH: Final = re.compile(r"sha256:[0-9a-f]{64}")


def test_python_packages_are_locked_by_hash() -> None:
    """Each file of each package has its SHA-256; only our own package has none."""
    assert len(LOCKED) > 100
    for package in LOCKED:
        files = [*package.get("wheels", ()), *([package["sdist"]] if "sdist" in package else ())]
        if package["source"] == {"editable": "."}:
            assert package["name"] == "omnigen"
            continue
        assert files, package["name"]
        assert all(HASH.fullmatch(file["hash"]) for file in files), package["name"]


def test_python_packages_come_from_pypi() -> None:
    """By one index, so that no name can be taken by somebody on another one, and from its own file host."""
    for package in LOCKED:
        if package["name"] != "omnigen":
            assert package["source"] == {"registry": "https://pypi.org/simple"}, package["name"]
        for file in [*package.get("wheels", ()), *([package["sdist"]] if "sdist" in package else ())]:
            assert file["url"].startswith("https://files.pythonhosted.org/packages/"), file["url"]
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["uv"]
    assert not {"index", "index-url", "extra-index-url", "find-links", "sources"} & set(settings)


@pytest.mark.parametrize("folder", PINNED)
def test_packages_of_other_environments_are_locked_by_hash(folder: str) -> None:
    """Every line that names a package has hashes; none names an address."""
    text = (ROOT / folder / "requirements.txt").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert len(lines) >= 5
    for line in lines:
        assert re.match(r"[A-Za-z0-9._-]+(\[[\w,-]+\])?==[\w.]+ ", line), line[:80]
        assert "--hash=sha256:" in line, line[:80]
        assert "://" not in line, line[:80]


@pytest.mark.parametrize("lock", NPM_LOCKS, ids=lambda path: path.parent.name)
def test_npm_packages_are_locked_by_hash(lock: Path) -> None:
    """Each has its SHA-512, and no address but the public registry's, if any."""
    packages: dict[str, Any] = json.loads(lock.read_text())["packages"]
    assert len(packages) > 1
    for name, package in packages.items():
        if not name or package.get("link"):
            continue
        assert package["integrity"].startswith("sha512-"), name
        assert package.get("resolved", "https://registry.npmjs.org/").startswith(
            "https://registry.npmjs.org/"
        )
    assert "registry" not in (lock.parent / ".npmrc").read_text().replace("registry-resolved", "")


def test_what_is_installed_is_what_is_locked() -> None:
    """Nothing is resolved anew when it is installed: not by `make`, not for an image or a Lambda."""
    make, install = (ROOT / "Makefile").read_text(), (ROOT / "infra/docker/install.sh").read_text()
    assert "uv sync --frozen" in make
    for folder in PINNED:
        assert re.search(f"--require-hashes (--only-binary :all: )?{folder}/requirements.txt", make)
    assert not re.search(
        r"npm .*\b(install|i)\b(?!;)", "\n".join(x for x in make.splitlines() if "echo" not in x)
    )
    for needed in ("export --quiet --frozen", "--require-hashes", "--only-binary :all:", "--no-deps"):
        assert needed in install


# --- make audit


@contextmanager
def advisories(known: str) -> Iterator[str]:
    """An advisory service that knows something bad of one package, in OSV's words and in npm's."""

    class Service(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers.get("content-length", "0")))
            if "querybatch" not in self.path:
                return self._say({})
            found = {"vulns": [{"id": "GHSA-test", "modified": "2026-01-01T00:00:00Z"}]}
            queries = json.loads(asked)["queries"]
            return self._say({"results": [found if q["package"]["name"] == known else {} for q in queries]})

        def do_GET(self) -> None:
            self._say(
                {"id": "GHSA-test", "modified": "2026-01-01T00:00:00Z", "summary": "bad", "affected": []}
            )

        def _say(self, what: object) -> None:
            body = json.dumps(what).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def audit(service: str) -> subprocess.CompletedProcess[str]:
    """As `make audit` does it, but asking another service."""
    asked = {
        "OSV": service,
        "npm_config_registry": service,
        "UV_HTTP_RETRIES": "0",
        "npm_config_fetch_retries": "0",
    }
    return subprocess.run(
        ["bash", "scripts/audit"],
        capture_output=True, text=True, check=False, timeout=100, cwd=ROOT, env=os.environ | asked,
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    ("known", "code", "said"),
    [
        ("nothing-of-ours", 0, "what ships (uv.lock): nothing known"),
        ("msgspec", 1, "msgspec"),
        ("ministack", 1, "ministack"),
        ("checkov", 1, "checkov"),
    ],
)
def test_the_audit_tells_what_is_known(known: str, code: int, said: str) -> None:
    with advisories(known) as service:
        done = audit(service)
    assert done.returncode == code, done.stderr
    assert said in done.stdout + done.stderr
    assert "NOT CHECKED" not in done.stdout + done.stderr


@pytest.mark.slow
def test_an_audit_that_asked_nobody_is_no_success() -> None:
    """Each part says in one line that it wasn't checked."""
    done = audit("http://127.0.0.1:9")
    assert done.returncode == 2
    assert done.stderr.count("NOT CHECKED") == 2 + len(PINNED) + len(NPM_LOCKS)
    assert len(done.stderr.splitlines()) == 2 + len(PINNED) + len(NPM_LOCKS)
