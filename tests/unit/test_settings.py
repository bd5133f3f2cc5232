"""Settings: defaults that work, and errors that name the variable."""

from pathlib import Path

import pytest
from attrs import asdict

from omnigen.settings import Profile, Settings, SettingsError

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
    ("OMNIGEN_S3_ENDPOINT", "//s3"),
    ("OMNIGEN_S3_PUBLIC_ENDPOINT", "s3.example.org"),
    ("OMNIGEN_OIDC_ISSUER", "http://"),
    ("OMNIGEN_OIDC_JWKS_URL", "jwks.json"),
    ("OMNIGEN_COGNITO_ENDPOINT", "x"),
    ("REPLICATE_BASE_URL", "file:///etc/passwd"),
    ("OMNIGEN_REPLICATE_WEBHOOK_URL", "hook"),
    ("OMNIGEN_REPLICATE_INPUTS", "inline"),
]


@pytest.mark.parametrize(("name", "value"), BAD)
def test_a_bad_variable_is_named(name: str, value: str) -> None:
    """One clear line: which variable, and what is wrong with it."""
    with pytest.raises(SettingsError, match=name) as error:
        Settings.from_environment({name: value})
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 300


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
    assert settings.replicate.api_token.reveal() == "r8_very_secret"
    assert not Settings.from_environment({}).replicate.api_token
