"""Everything that runs together on one machine: which children, with which settings.

The API and the worker learn the whole world from their environment, exactly as they do on AWS;
`environment` below is that environment, and src/omnigen/settings.py says what each variable means.
"""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from emulator.aws import task
from emulator.aws.account import Account
from emulator.aws.part import aws_spec, loopback
from emulator.aws.resources import account_of, resources
from emulator.aws.terraform import account_in
from emulator.child import ChildSpec
from emulator.errors import EmulatorError
from emulator.folder import Folder, Secrets
from emulator.identity import seed
from emulator.ports import HOST, keep_ports
from emulator.storage import PORTS as STORAGE_PORTS
from emulator.storage import Credentials, storage_spec

ROOT: Final = Path(__file__).resolve().parents[1]
BUCKET: Final = "omnigen-assets"
LIVE_URL: Final = "https://api.replicate.com"
WEB_DEV_ORIGINS: Final = ("http://127.0.0.1:5173", "http://localhost:5173")
WRONG_SETTING: Final = 2
"""How API and worker end where they can't work with their environment."""
PARTS: Final = {
    "local": ("storage", "identity", "replicate", "api", "worker"),
    "aws": ("aws", "identity", "replicate", "api"),
}
"""The children of each profile."""

# What the children may inherit. AWS_PROFILE, proxies and the like would point them elsewhere.
_INHERITED: Final = ("PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "SSL_CERT_FILE", "IMAGEIO_FFMPEG_EXE")


@dataclass(frozen=True, kw_only=True, slots=True)
class Choices:
    """What the user has chosen, from the command line and the environment."""

    port: int
    profile: str = "local"
    account: Path | None = None
    """What Terraform says of the account, by `terraform show -json`; None takes infra/resources.json."""
    replicate: str = "fake"
    live_token: str = ""
    seconds: float | None = None
    """How long the fake takes to generate; None leaves it to the fake."""
    faults: Path | None = None
    media: Path | None = None
    rate_limits: bool = True
    parts: tuple[str, ...] = PARTS["local"]
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))


@dataclass(frozen=True, kw_only=True, slots=True)
class Stack:
    """The children of one run and every address among them."""

    folder: Folder
    choices: Choices
    secrets: Secrets
    ports: Mapping[str, int]
    account: Account | None = None
    """Of AWS; None where no part is of AWS."""

    @classmethod
    def plan(cls, folder: Folder, choices: Choices) -> "Stack":
        """Choose ports and secrets for this folder."""
        names = (*STORAGE_PORTS, "identity", "replicate", "worker", "aws")
        others = keep_ports(folder.path / "ports.json", names, but={choices.port})
        ports = {**others, "api": choices.port}
        account = _account(choices) if choices.profile == "aws" else None
        return cls(folder=folder, choices=choices, secrets=folder.secrets(), ports=ports, account=account)

    @property
    def api_url(self) -> str:
        """The API, and the web app that it serves."""
        return _url(self.ports["api"])

    @property
    def on_aws(self) -> bool:
        """Whether its parts are those of AWS."""
        return self.account is not None

    @property
    def worker_url(self) -> str | None:
        """The worker's health and metrics; on AWS there is none."""
        return None if self.on_aws else _url(self.ports["worker"])

    @property
    def replicate_token(self) -> str:
        """What Replicate, or its stand-in, knows us by."""
        live = self.choices.replicate == "live"
        return self.choices.live_token if live else self.secrets.replicate_token

    @property
    def identity_url(self) -> str:
        """The Cognito stand-in: its API, its hosted pages, its keys."""
        return _url(self.ports["identity"])

    @property
    def s3_url(self) -> str:
        """The S3 endpoint; one named in OMNIGEN_S3_ENDPOINT (MinIO, say) takes the place of ours."""
        if self.on_aws:
            return _url(self.ports["aws"])
        return self.choices.environ.get("OMNIGEN_S3_ENDPOINT", "") or _url(self.ports["s3"])

    @property
    def replicate_url(self) -> str:
        """Replicate, or its stand-in."""
        return LIVE_URL if self.choices.replicate == "live" else _url(self.ports["replicate"])

    @property
    def origins(self) -> tuple[str, ...]:
        """Where the web app may be served from: here, or by Vite while it is developed."""
        return (self.api_url, f"http://localhost:{self.ports['api']}", *WEB_DEV_ORIGINS)

    @property
    def jwks_url(self) -> str:
        """The keys that access tokens are signed with."""
        return f"{self.identity_url}/{seed.POOL_ID}/.well-known/jwks.json"

    def environment(self) -> dict[str, str]:
        """The variables of API and worker, without those inherited."""
        return {
            **(self.account.services["api"].environment if self.account else {}),
            **self._chosen("OMNIGEN_"),
            "OMNIGEN_PROFILE": self.choices.profile,
            "OMNIGEN_DATA_DIR": str(self.folder.path),
            "OMNIGEN_HOST": HOST,
            "OMNIGEN_PORT": str(self.ports["api"]),
            "OMNIGEN_PUBLIC_URL": self.api_url,
            "OMNIGEN_APP_ORIGINS": ",".join(self.origins),
            **({} if self.choices.rate_limits else {"OMNIGEN_RATE_LIMITS": "off"}),
            "OMNIGEN_OIDC_ISSUER": seed.ISSUER,
            "OMNIGEN_OIDC_JWKS_URL": self.jwks_url,
            "OMNIGEN_OIDC_CLIENT_ID": seed.CLIENT_ID,
            "OMNIGEN_COGNITO_ENDPOINT": self.identity_url,
            "OMNIGEN_COGNITO_USER_POOL_ID": seed.POOL_ID,
            **self._web(),
            **(self._task_environment() if self.on_aws else self._local_environment()),
        }

    def function_environment(self) -> dict[str, str]:
        """What Lambdas are told over what the account says of them."""
        return {
            **self._chosen("OMNIGEN_"),
            **loopback(self.ports["aws"]),
            **self._replicate_environment(),
            "OMNIGEN_DATA_DIR": str(self.folder.path / "aws" / "functions"),
        }

    def specs(self) -> list[ChildSpec]:
        """The children, in no particular order: they are started side by side."""
        makers = {
            "storage": self._storage,
            "aws": self._aws,
            "identity": self._identity,
            "replicate": self._replicate,
            "api": self._api,
            "worker": self._worker,
        }
        return [makers[name]() for name in self.choices.parts if self._is_ours(name)]

    def _is_ours(self, name: str) -> bool:
        if name == "replicate":
            return self.choices.replicate == "fake"
        return name != "storage" or not self.choices.environ.get("OMNIGEN_S3_ENDPOINT")

    def _storage(self) -> ChildSpec:
        return storage_spec(
            folder=self.folder.part("storage"),
            ports=self.ports,
            credentials=self._credentials(),
            buckets=[BUCKET],
            origins=self.origins,
            env=self._inherited(),
        )

    def _aws(self) -> ChildSpec:
        assert self.account is not None, "only its profile has this part"
        return aws_spec(
            self.account,
            python=stand_in_python(),
            folder=self.folder.part("aws"),
            port=self.ports["aws"],
            env=self._inherited(),
        )

    def _identity(self) -> ChildSpec:
        folder = self.folder.part("identity")
        (folder / "state").mkdir(mode=0o700, exist_ok=True)
        demo = seed.User(
            email=seed.DEMO_EMAIL, password=self.secrets.demo_password, sub=seed.DEMO_SUB, group="pro"
        )
        seed.write_seed(folder / "seed.json", app_origins=self.origins, users=[demo])
        env = {
            **self._inherited(),
            **self._key(),
            "PYTHONPATH": str(ROOT),
            "OMNIGEN_IDENTITY_SEED": str(folder / "seed.json"),
            "GATEWAY_PORT": str(self.ports["identity"]),
            "BIND_HOST": HOST,
            "MINISTACK_HOST": HOST,
            "SERVICES": "cognito-idp",
            "AUTH": "true",
            "PERSIST_STATE": "1",
            "STATE_DIR": str(folder / "state"),
            "TMPDIR": str(folder),
            "SFTP_ENABLED": "0",
            "IOT_MTLS_ENABLED": "0",
            "LOG_LEVEL": "WARNING",
        }
        argv = (str(stand_in_python()), "-m", "emulator.identity.server")
        return ChildSpec(
            name="identity", argv=argv, env=env, ready_url=f"{self.identity_url}/_ministack/health"
        )

    def _replicate(self) -> ChildSpec:
        flags: list[str] = ["--port", str(self.ports["replicate"])]
        flags += ["--state-dir", str(self.folder.part("replicate")), "--public-url", self.replicate_url]
        if self.choices.seconds is not None:
            flags += ["--seconds", str(self.choices.seconds)]
        if self.choices.faults is not None:
            flags += ["--faults", str(self.choices.faults)]
        if self.choices.media is not None:
            flags += ["--media", str(self.choices.media)]
        if self.choices.environ.get("OMNIGEN_CATALOGUE"):
            flags += ["--catalogue", self.choices.environ["OMNIGEN_CATALOGUE"]]
        flags += ["--token", self.secrets.replicate_token, "--webhook-secret", self.secrets.webhook_secret]
        argv = (sys.executable, "-m", "emulator.replicate", *flags)
        return ChildSpec(
            name="replicate",
            argv=argv,
            env=self._python(),
            ready_url=f"{self.replicate_url}/_emulator/health",
        )

    def _api(self) -> ChildSpec:
        return ChildSpec(
            name="api",
            argv=(sys.executable, "-m", "omnigen.entrypoints.http"),
            env={**self._python(), **self.environment()},
            ready_url=f"{self.api_url}/health",
            uses=("storage", "aws", "identity", "replicate"),
            hopeless=(WRONG_SETTING,),
        )

    def _worker(self) -> ChildSpec:
        return ChildSpec(
            name="worker",
            argv=(sys.executable, "-m", "omnigen.entrypoints.worker"),
            env={**self._python(), **self.environment()},
            uses=("storage", "replicate"),
            ready_url=f"{self.worker_url}/health",
            grace_s=10.0,
            hopeless=(WRONG_SETTING,),
        )

    def _web(self) -> dict[str, str]:
        built = ROOT / "web" / "dist"
        return {"OMNIGEN_WEB_DIR": str(built)} if (built / "index.html").exists() else {}

    def _task_environment(self) -> dict[str, str]:
        """The API finds the account on loopback, and is who its task is. Files are not read through CloudFront."""
        return {**loopback(self.ports["aws"]), **task.KEY, "OMNIGEN_CDN_URL": ""}

    def _local_environment(self) -> dict[str, str]:
        """The worker, the asset store, and the secrets, which the environment itself holds."""
        own = {
            **self._replicate_environment(),
            **self._key(),
            "OMNIGEN_ASSETS_BUCKET": BUCKET,
            "OMNIGEN_WORKER_PORT": str(self.ports["worker"]),
            "REPLICATE_API_TOKEN": self.replicate_token,
        }
        if self.choices.replicate == "fake":
            own["OMNIGEN_REPLICATE_WEBHOOK_SECRET"] = self.secrets.webhook_secret
        named = self.choices.environ
        if named.get("OMNIGEN_S3_ENDPOINT"):
            theirs = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION")
            return {**own, **{name: named[name] for name in theirs if named.get(name)}}
        return {**own, "OMNIGEN_S3_ENDPOINT": self.s3_url, "OMNIGEN_S3_PUBLIC_ENDPOINT": self.s3_url}

    def _replicate_environment(self) -> dict[str, str]:
        if self.choices.replicate == "live":
            # Replicate can reach neither a presigned URL nor a webhook on this machine.
            return {
                "REPLICATE_BASE_URL": LIVE_URL,
                "OMNIGEN_REPLICATE_INPUTS": "files",
            }
        told = {
            "REPLICATE_BASE_URL": self.replicate_url,
            "OMNIGEN_REPLICATE_DOWNLOAD_HOSTS": HOST,
            "OMNIGEN_REPLICATE_INPUTS": "presigned",
        }
        if self._webhooks():
            told["OMNIGEN_REPLICATE_WEBHOOK_URL"] = f"{self.api_url}/api/v1/webhooks/replicate"
        return told

    def _webhooks(self) -> bool:
        """Whether the API takes them: here always, on AWS where it was told of their secret."""
        told = self.account.services["api"].environment if self.account else None
        return told is None or bool(told.get("OMNIGEN_REPLICATE_WEBHOOK_SECRET_NAME"))

    def _credentials(self) -> Credentials:
        return Credentials(
            access_key_id=self.secrets.access_key_id, secret_access_key=self.secrets.secret_access_key
        )

    def _key(self) -> dict[str, str]:
        return {
            "AWS_ACCESS_KEY_ID": self.secrets.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.secrets.secret_access_key,
            "AWS_REGION": seed.REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
        }

    def _inherited(self) -> dict[str, str]:
        kept = {name: self.choices.environ[name] for name in _INHERITED if name in self.choices.environ}
        return {**kept, "NO_PROXY": f"{HOST},localhost", "no_proxy": f"{HOST},localhost"}

    def _python(self) -> dict[str, str]:
        return {**self._inherited(), "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}

    def _chosen(self, prefix: str) -> dict[str, str]:
        """Variables that the user has set; a log level, say, or a catalogue. Addresses stay ours."""
        return {name: value for name, value in self.choices.environ.items() if name.startswith(prefix)}


def stand_in_python() -> Path:
    """The interpreter of ministack's own virtualenv. Raises EmulatorError."""
    python = Path(os.environ.get("OMNIGEN_EMULATOR_VENV", ROOT / ".venv-emu")) / "bin" / "python"
    if not python.exists():
        raise EmulatorError(f"{python.parent.parent.name} is missing; run `make setup`")
    return python


def _account(choices: Choices) -> Account:
    return account_in(choices.account) if choices.account else account_of(resources())


def _url(port: int) -> str:
    return f"http://{HOST}:{port}"
