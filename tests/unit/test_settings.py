"""Settings: defaults that work, and errors that name the variable."""

from pathlib import Path

import pytest
from attrs import asdict

from omnigen.settings import NEEDS, Part, Profile, Settings, SettingsError

BAD = [
    ("OMNIGEN_PORT", "0"),
    ("OMNIGEN_PORT", "65536"),
    ("OMNIGEN_PORT", "http"),
    ("OMNIGEN_PORT", "-1"),
    ("OMNIGEN_PORT", "8080.5"),
    ("OMNIGEN_PORT", "²"),
    ("OMNIGEN_PUBLIC_URL", "localhost:8080"),
    ("OMNIGEN_PUBLIC_URL", "ftp://example.org"),
    ("OMNIGEN_PUBLIC_URL", "http://[::1"),
    ("OMNIGEN_PUBLIC_URL", "http://localhost:http"),
    ("OMNIGEN_PROFILE", "docker"),
    ("OMNIGEN_FRAME_RATE", "11"),
    ("OMNIGEN_FRAME_RATE", "61"),
    ("OMNIGEN_FRAME_RATE", "9" * 5000),
    ("OMNIGEN_LOG_LEVEL", "LOUD"),
    ("OMNIGEN_JOB_DEADLINE", "59"),
    ("OMNIGEN_JOB_DEADLINE", "1e3"),
    ("OMNIGEN_RATE_LIMITS", "maybe"),
    ("OMNIGEN_API_PROCESSES", "0"),
    ("OMNIGEN_SUBMISSIONS", "-1"),
    ("OMNIGEN_S3_ENDPOINT", "//s3"),
    ("OMNIGEN_S3_PUBLIC_ENDPOINT", "s3.example.org"),
    ("OMNIGEN_OIDC_ISSUER", "http://"),
    ("OMNIGEN_OIDC_JWKS_URL", "jwks.json"),
    ("OMNIGEN_COGNITO_ENDPOINT", "x"),
    ("REPLICATE_BASE_URL", "file:///etc/passwd"),
    ("REPLICATE_BASE_URL", "http://api.replicate.com"),
    ("REPLICATE_BASE_URL", "http://127.0.0.1.evil.example"),
    ("OMNIGEN_OIDC_JWKS_URL", "http://cognito.example/jwks.json"),
    ("OMNIGEN_REPLICATE_WEBHOOK_URL", "hook"),
    ("OMNIGEN_REPLICATE_INPUTS", "inline"),
    ("OMNIGEN_WORKER_PORT", "65536"),
    ("OMNIGEN_CDN_URL", "cdn.example"),
    ("REPLICATE_API_TOKEN", "r8\nX-Evil: 1"),
    ("AWS_SESSION_TOKEN", "töken"),
]


@pytest.mark.parametrize(("name", "value"), BAD)
def test_a_bad_variable_is_named(name: str, value: str) -> None:
    """One clear line: which variable, and what is wrong with it."""
    with pytest.raises(SettingsError, match=name) as error:
        Settings.from_environment({name: value})
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 300


def test_what_can_be_chosen_is_listed() -> None:
    with pytest.raises(SettingsError) as error:
        Settings.from_environment({"OMNIGEN_PROFILE": "prod"})
    assert str(error.value) == "OMNIGEN_PROFILE is 'prod'; allowed are local, aws"


def test_nothing_need_be_set() -> None:
    """The local profile, at 24 frames a second, on this machine only."""
    settings = Settings.from_environment({})
    assert settings.profile is Profile.LOCAL
    assert settings.frame_rate == 24
    assert settings.http.host == "127.0.0.1"
    assert settings.database == settings.data_dir / "omnigen.db"
    assert settings.assets.endpoint is None


def test_blanks_count_as_unset() -> None:
    """`OMNIGEN_PORT= ` is no port, and no error."""
    assert Settings.from_environment({"OMNIGEN_PORT": "  "}).http.port == 8080


def test_what_is_set_is_taken(tmp_path: Path) -> None:
    """Addresses lose their last slash, lists their spaces, paths their tildes."""
    settings = Settings.from_environment(
        {
            "OMNIGEN_DATA_DIR": str(tmp_path),
            "OMNIGEN_PUBLIC_URL": "https://films.example.org/",
            "OMNIGEN_APP_ORIGINS": "https://a.example, https://b.example,",
            "OMNIGEN_RATE_LIMITS": "off",
            "OMNIGEN_PROFILE": "aws",
        }
    )
    assert settings.database == tmp_path / "omnigen.db"
    assert settings.http.public_url == "https://films.example.org"
    assert settings.http.app_origins == ("https://a.example", "https://b.example")
    assert settings.http.rate_limits is False
    assert settings.profile is Profile.AWS


def test_secrets_never_show_themselves() -> None:
    """Neither in repr, nor in str, nor in a dump of all settings; only by being asked for."""
    secrets = {
        "REPLICATE_API_TOKEN": "r8_very_secret",
        "AWS_SECRET_ACCESS_KEY": "aws_very_secret",
        "OMNIGEN_REPLICATE_WEBHOOK_SECRET": "whsec_very_secret",
    }
    settings = Settings.from_environment(secrets)
    shown = f"{settings!r} {settings} {asdict(settings, recurse=False)!r}"
    assert "very_secret" not in shown
    assert settings.given["REPLICATE_API_TOKEN"].reveal() == "r8_very_secret"
    assert not Settings.from_environment({}).given["REPLICATE_API_TOKEN"]


def test_on_aws_secrets_are_named_and_not_given() -> None:
    """What stands in the environment is for profile `local`; on AWS a function's environment is no place for it."""
    settings = Settings.from_environment(
        {
            "OMNIGEN_PROFILE": "aws",
            "REPLICATE_API_TOKEN": "r8_very_secret",
            "OMNIGEN_REPLICATE_TOKEN_SECRET": "omnigen/replicate",
        }
    )
    assert settings.given == {}
    assert (settings.replicate.token, settings.replicate.webhook_secret) == ("omnigen/replicate", "")


@pytest.mark.parametrize("part", Part)
def test_what_a_part_needs_on_aws(part: Part) -> None:
    """Each variable that is missing is named, and a laptop is asked for none of them."""
    Settings.from_environment({}, part=part)
    needed = dict.fromkeys(NEEDS[part], "https://x.example/1") | {"OMNIGEN_PROFILE": "aws"}
    Settings.from_environment(needed, part=part)
    for name in NEEDS[part]:
        with pytest.raises(SettingsError, match=f"{name}: not set; the {part}"):
            Settings.from_environment({**needed, name: " "}, part=part)


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"OMNIGEN_CDN_URL": "https://cdn.example"}, "OMNIGEN_CDN_KEY_PAIR_ID"),
        (
            {"OMNIGEN_CDN_URL": "https://cdn.example", "OMNIGEN_CDN_KEY_PAIR_ID": "K1"},
            "OMNIGEN_CDN_PRIVATE_KEY_SECRET",
        ),
        ({"AWS_ACCESS_KEY_ID": "AKIA"}, "AWS_SECRET_ACCESS_KEY"),
    ],
)
def test_what_belongs_together(given: dict[str, str], missing: str) -> None:
    """Half of a pair is told by the name of the other half."""
    with pytest.raises(SettingsError, match=missing):
        Settings.from_environment(given)
