"""The only reader of the environment: every setting, its name, its default, checked once at start.

A wrong value raises `SettingsError`, whose message names the variable, the value and what is allowed.
Secrets are wrapped so that neither a log line nor a traceback can show them.
"""

import os
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from attrs import field, frozen

from omnigen.domain.secret import Secret

_LONGEST_NUMBER: Final = 20
"""Digits; Python refuses to read numbers of thousands."""
_TOKEN: Final = "REPLICATE_API_TOKEN"  # noqa: S105  a name, as the next one
_WEBHOOK: Final = "OMNIGEN_REPLICATE_WEBHOOK_SECRET"
_THIS_MACHINE: Final = frozenset({"127.0.0.1", "::1", "localhost"})
REPLICATE_DELIVERY: Final = ("replicate.delivery", "*.replicate.delivery")


class SettingsError(ValueError):
    """A variable is missing or has a value that OmniGen can't work with."""


class Profile(StrEnum):
    """Which set of adapters the container builds."""

    LOCAL = "local"
    AWS = "aws"


class Part(StrEnum):
    """What a process is, on AWS."""

    API = "api"
    GENERATOR = "generator"
    COMPOSER = "composer"
    SWEEPER = "sweeper"


_STORES: Final = ("AWS_REGION", "OMNIGEN_JOBS_TABLE", "OMNIGEN_USAGE_TABLE", "OMNIGEN_ASSETS_BUCKET")
NEEDS: Final[Mapping[Part, tuple[str, ...]]] = {
    Part.API: (
        *_STORES,
        "OMNIGEN_STATE_MACHINE_ARN",
        "OMNIGEN_COMPOSER_FUNCTION",
        "OMNIGEN_PUBLIC_URL",
        "OMNIGEN_OIDC_ISSUER",
        "OMNIGEN_OIDC_JWKS_URL",
        "OMNIGEN_OIDC_CLIENT_ID",
    ),
    Part.GENERATOR: (*_STORES, "OMNIGEN_REPLICATE_TOKEN_SECRET", "OMNIGEN_COMPOSER_FUNCTION"),
    Part.COMPOSER: _STORES,
    Part.SWEEPER: (*_STORES, "OMNIGEN_STATE_MACHINE_ARN"),
}
"""Variables without which a part can't do its work on AWS: their defaults are for a laptop."""


@frozen(kw_only=True)
class HttpSettings:
    """Where the API listens, and what the outside calls it."""

    host: str
    port: int
    processes: int
    """That share the port."""
    public_url: str
    app_origins: tuple[str, ...]
    """Origins that CORS admits: the web app's."""
    submissions: int
    """Requests that make work, at once in each process, at most; fewer while they keep each other waiting, and the
    others are refused. 0 refuses nobody."""
    rate_limits: bool
    """Off only for load tests: quota and money are counted all the same."""


@frozen(kw_only=True)
class AwsSettings:
    """An AWS account, or an emulator's, and the names of what was set up there."""

    region: str
    endpoint: str | None
    """None is AWS itself."""
    access_key_id: str | None
    """None is the role's key, which the SDK finds and renews."""
    secret_access_key: Secret
    session_token: Secret
    jobs_table: str
    usage_table: str
    state_machine: str
    """ARN of the pipeline."""
    composer_function: str
    """Lambda that looks into media, and draws sketches, for those who carry no decoder."""
    metrics_namespace: str
    """Under which CloudWatch keeps our metrics: two installations of one account have two."""


@frozen(kw_only=True)
class CdnSettings:
    """The CloudFront distribution that assets are read through."""

    url: str | None
    """None reads from S3 itself, by presigned URLs."""
    key_pair_id: str
    """Public key of the key group that may read."""
    private_key: str
    """Name of the secret that holds the other half."""


@frozen(kw_only=True)
class AssetSettings:
    """The S3 API that keeps every clip and video."""

    endpoint: str | None
    """None is the AWS account's own."""
    public_endpoint: str | None
    """The host that a browser sees: presigned URLs are signed for it."""
    bucket: str
    cdn: CdnSettings


@frozen(kw_only=True)
class IdentitySettings:
    """Who signs access tokens. The issuer and the address of its keys differ locally."""

    issuer: str
    jwks_url: str
    client_id: str
    cognito_endpoint: str | None
    """None is AWS itself."""
    user_pool_id: str


@frozen(kw_only=True)
class ReplicateSettings:
    """The provider of models: Replicate, or its stand-in at another base URL."""

    base_url: str
    token: str
    """Name of the secret that holds the account's token."""
    webhook_url: str | None
    """Public address of our webhook route; None turns webhooks off (polling alone is enough)."""
    webhook_secret: str
    """Name of the secret that deliveries are signed with; empty turns our route off."""
    download_hosts: tuple[str, ...]
    """Hosts that outputs may be fetched from; `*.` matches any subdomain."""
    inputs: str
    """How inputs reach the provider: `presigned` URLs or its own `files` API."""


@frozen(kw_only=True)
class Settings:
    """Everything the environment decides, frozen at start."""

    profile: Profile
    data_dir: Path
    database: Path
    work_dir: Path
    """Scratch space of the composer; emptied after each use."""
    frame_rate: int
    ffmpeg: Path | None
    """None takes the bundled build."""
    catalogue: Path | None
    """A catalogue of models and prices in place of the packaged one."""
    log_level: str
    job_deadline: timedelta
    """Longest life of one revision, queueing for the provider included."""
    leg: timedelta
    """Longest stretch of a job's way that one execution drives; those of AWS live for five minutes."""
    poll_s: float
    """Seconds between two looks at a running prediction; locally webhooks shorten it."""
    adoption: timedelta
    """How long after a lost reply its prediction is looked for."""
    web_dir: Path | None
    """Built web app to serve at `/`; None serves the API alone."""
    http: HttpSettings
    aws: AwsSettings
    assets: AssetSettings
    identity: IdentitySettings
    replicate: ReplicateSettings = field()
    given: Mapping[str, Secret]
    """Secrets that stand in the environment itself, by their variable: those of profile `local`."""
    worker_port: int
    """Where the worker tells how it is, on loopback; 0 tells nobody."""

    @classmethod
    def from_environment(
        cls, environ: Mapping[str, str] | None = None, *, part: Part | None = None
    ) -> "Settings":
        """Read and check every variable. Raises SettingsError, naming the one at fault.

        On AWS a `part` also insists on those that it can't do without.
        """
        env = _Reader(os.environ if environ is None else environ)
        profile = Profile(env.one_of("OMNIGEN_PROFILE", Profile.LOCAL, tuple(Profile)))
        local = profile is Profile.LOCAL
        if part is not None and not local:
            env.insist(NEEDS[part], f"the {part} on AWS")
        data_dir = env.path("OMNIGEN_DATA_DIR", ".omnigen")
        port = env.integer("OMNIGEN_PORT", 8080, 1, 65535)
        public_url = env.url("OMNIGEN_PUBLIC_URL", f"http://127.0.0.1:{port}")
        return cls(
            profile=profile,
            data_dir=data_dir,
            database=env.path("OMNIGEN_DATABASE", str(data_dir / "omnigen.db")),
            work_dir=env.path("OMNIGEN_WORK_DIR", str(data_dir / "work")),
            frame_rate=env.integer("OMNIGEN_FRAME_RATE", 24, 12, 60),
            ffmpeg=env.optional_path("OMNIGEN_FFMPEG"),
            catalogue=env.optional_path("OMNIGEN_CATALOGUE"),
            log_level=env.one_of("OMNIGEN_LOG_LEVEL", "info", ("debug", "info", "warning", "error")),
            job_deadline=timedelta(seconds=env.integer("OMNIGEN_JOB_DEADLINE", 3600, 60, 86_400)),
            leg=timedelta(seconds=env.integer("OMNIGEN_LEG", 240, 1, 240)),
            # On AWS every look is a call of a Lambda, and waits are whole seconds.
            poll_s=env.integer("OMNIGEN_POLL_MS", 2000 if local else 4000, 50, 60_000) / 1000,
            adoption=timedelta(seconds=env.integer("OMNIGEN_ADOPTION", 60, 1, 3_600)),
            web_dir=env.optional_path("OMNIGEN_WEB_DIR"),
            http=HttpSettings(
                host=env.text("OMNIGEN_HOST", "127.0.0.1"),
                port=port,
                processes=env.integer("OMNIGEN_API_PROCESSES", _cores(), 1, 64),
                public_url=public_url,
                app_origins=env.words("OMNIGEN_APP_ORIGINS", (public_url,)),
                submissions=env.integer("OMNIGEN_SUBMISSIONS", 64, 0, 10_000),
                rate_limits=env.one_of("OMNIGEN_RATE_LIMITS", "on", ("on", "off")) == "on",
            ),
            aws=_aws(env),
            assets=AssetSettings(
                endpoint=env.optional_url("OMNIGEN_S3_ENDPOINT"),
                public_endpoint=env.optional_url("OMNIGEN_S3_PUBLIC_ENDPOINT"),
                bucket=env.text("OMNIGEN_ASSETS_BUCKET", "omnigen-assets"),
                cdn=_cdn(env),
            ),
            identity=IdentitySettings(
                issuer=env.url("OMNIGEN_OIDC_ISSUER", "http://127.0.0.1:4566/local_pool"),
                jwks_url=env.private_url(
                    "OMNIGEN_OIDC_JWKS_URL", "http://127.0.0.1:4566/local_pool/.well-known/jwks.json"
                ),
                client_id=env.text("OMNIGEN_OIDC_CLIENT_ID", "omnigen-local"),
                cognito_endpoint=env.optional_url("OMNIGEN_COGNITO_ENDPOINT"),
                user_pool_id=env.text("OMNIGEN_COGNITO_USER_POOL_ID", ""),
            ),
            replicate=ReplicateSettings(
                base_url=env.private_url("REPLICATE_BASE_URL", "https://api.replicate.com"),
                token=_TOKEN if local else env.text("OMNIGEN_REPLICATE_TOKEN_SECRET", ""),
                webhook_url=env.optional_url("OMNIGEN_REPLICATE_WEBHOOK_URL"),
                webhook_secret=_WEBHOOK if local else env.text("OMNIGEN_REPLICATE_WEBHOOK_SECRET_NAME", ""),
                download_hosts=env.words("OMNIGEN_REPLICATE_DOWNLOAD_HOSTS", REPLICATE_DELIVERY),
                inputs=env.one_of("OMNIGEN_REPLICATE_INPUTS", "presigned", ("presigned", "files")),
            ),
            given={name: env.secret(name) for name in (_TOKEN, _WEBHOOK)} if local else {},
            worker_port=env.integer("OMNIGEN_WORKER_PORT", 0, 0, 65535),
        )


def _aws(env: "_Reader") -> AwsSettings:
    key = env.optional("AWS_ACCESS_KEY_ID")
    if key is not None:
        env.insist(("AWS_SECRET_ACCESS_KEY",), "AWS_ACCESS_KEY_ID")
    return AwsSettings(
        region=env.text("AWS_REGION", "us-east-1"),
        endpoint=env.optional_url("AWS_ENDPOINT_URL"),
        access_key_id=key,
        secret_access_key=env.secret("AWS_SECRET_ACCESS_KEY"),
        session_token=env.secret("AWS_SESSION_TOKEN"),
        jobs_table=env.text("OMNIGEN_JOBS_TABLE", "omnigen-jobs"),
        usage_table=env.text("OMNIGEN_USAGE_TABLE", "omnigen-usage"),
        state_machine=env.text("OMNIGEN_STATE_MACHINE_ARN", ""),
        composer_function=env.text("OMNIGEN_COMPOSER_FUNCTION", "omnigen-composer"),
        metrics_namespace=env.text("OMNIGEN_METRICS_NAMESPACE", "OmniGen"),
    )


def _cdn(env: "_Reader") -> CdnSettings:
    url = env.optional_url("OMNIGEN_CDN_URL")
    if url is not None:
        env.insist(("OMNIGEN_CDN_KEY_PAIR_ID", "OMNIGEN_CDN_PRIVATE_KEY_SECRET"), "OMNIGEN_CDN_URL")
    return CdnSettings(
        url=url,
        key_pair_id=env.text("OMNIGEN_CDN_KEY_PAIR_ID", ""),
        private_key=env.text("OMNIGEN_CDN_PRIVATE_KEY_SECRET", ""),
    )


class _Reader:
    """Typed look-ups that complain in the variable's own name."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def insist(self, names: tuple[str, ...], user: str) -> None:
        missing = [name for name in names if self.optional(name) is None]
        if missing:
            raise SettingsError(f"{', '.join(missing)}: not set; {user} can't do without")

    def secret(self, name: str) -> Secret:
        text = self.text(name, "")
        if not (text.isascii() and text.isprintable()):
            raise SettingsError(f"{name} has characters that no token has")
        return Secret(text)

    def optional(self, name: str) -> str | None:
        return self._environ.get(name, "").strip() or None

    def text(self, name: str, default: str) -> str:
        return self.optional(name) or default

    def path(self, name: str, default: str) -> Path:
        return Path(self.text(name, default)).expanduser().resolve()

    def optional_path(self, name: str) -> Path | None:
        text = self.optional(name)
        return Path(text).expanduser().resolve() if text else None

    def words(self, name: str, default: tuple[str, ...]) -> tuple[str, ...]:
        text = self.optional(name)
        return tuple(w.strip() for w in text.split(",") if w.strip()) if text else default

    def integer(self, name: str, default: int, low: int, high: int) -> int:
        text = self.text(name, str(default))
        if not text.isdecimal() or len(text) > _LONGEST_NUMBER or not low <= int(text) <= high:
            raise SettingsError(f"{name} is {text[:40]!r}; a whole number from {low} to {high} is allowed")
        return int(text)

    def one_of(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        text = self.text(name, default)
        if text not in allowed:
            raise SettingsError(f"{name} is {text!r}; allowed are {', '.join(allowed)}")
        return text

    def url(self, name: str, default: str) -> str:
        text = self.text(name, default).rstrip("/")
        if not _is_web_address(text):
            raise SettingsError(f"{name} is {text!r}; an http or https URL is allowed")
        return text

    def private_url(self, name: str, default: str) -> str:
        """An address that gets a secret of ours, or says whom to believe: nobody may listen in between."""
        text = self.url(name, default)
        if text.startswith("http:") and urlsplit(text).hostname not in _THIS_MACHINE:
            raise SettingsError(f"{name} is {text!r}; https is needed, but for this machine itself")
        return text

    def optional_url(self, name: str) -> str | None:
        return self.url(name, "") if self.optional(name) else None


def _cores() -> int:
    """Processes of the API where nobody says: more than a few would only wait for each other's commits."""
    return min(os.cpu_count() or 1, 4)


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets that don't match, a port that is no number
        return False
