"""Which adapters fill the roles, by profile: nothing is connected to until it is used."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from dependency_injector import providers

from omnigen.adapters.aws.cloudfront import CdnAssets
from omnigen.adapters.aws.emf import EmfMetrics
from omnigen.adapters.aws.lambda_inspector import LambdaInspector
from omnigen.adapters.aws.s3 import S3Assets
from omnigen.adapters.aws.secretsmanager import SecretsManager
from omnigen.adapters.ffmpeg.inspector import FfmpegInspector
from omnigen.adapters.local.secrets import GivenSecrets
from omnigen.adapters.prometheus import PrometheusMetrics
from omnigen.container import Container, opened
from omnigen.domain.secret import Secret
from omnigen.entrypoints.http.__main__ import main
from omnigen.settings import NEEDS, Part, Settings
from tests.adapters.edge import a_key, pem

AWS = {
    "OMNIGEN_PROFILE": "aws",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_ACCESS_KEY_ID": "key",
    "AWS_SECRET_ACCESS_KEY": "secret",
}
CDN = {
    "OMNIGEN_CDN_URL": "https://cdn.example",
    "OMNIGEN_CDN_KEY_PAIR_ID": "K1",
    "OMNIGEN_CDN_PRIVATE_KEY_SECRET": "cdn",
}


def kinds(container: Container) -> list[type]:
    roles = (container.secrets, container.metrics, container.far_inspector, container.inspector)
    return [type(role()) for role in roles]


async def test_profile_local(tmp_path: Path) -> None:
    """The environment's secrets, Prometheus' metrics, one inspector for all; no account is needed."""
    async with opened(Settings.from_environment({"OMNIGEN_DATA_DIR": str(tmp_path)})) as container:
        assert kinds(container) == [GivenSecrets, PrometheusMetrics, FfmpegInspector, FfmpegInspector]
        assert container.far_inspector() is container.inspector()
        assert type(container.assets()) is S3Assets


async def test_profile_aws(tmp_path: Path) -> None:
    """AWS's own of each; the composer alone uses the near inspector."""
    async with opened(Settings.from_environment({**AWS, "OMNIGEN_DATA_DIR": str(tmp_path)})) as container:
        assert kinds(container) == [SecretsManager, EmfMetrics, LambdaInspector, FfmpegInspector]
        assert type(container.assets()) is S3Assets


async def test_two_environments_of_an_account_count_apart(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """CloudWatch adds up whatever has one namespace, name and dimensions."""
    given = {**AWS, "OMNIGEN_DATA_DIR": str(tmp_path), "OMNIGEN_METRICS_NAMESPACE": "OmniGen/dev"}
    async with opened(Settings.from_environment(given)) as container:
        metrics = container.metrics()
        metrics.count("jobs_ended_total", status="failed")
        metrics.flush()
    line = json.loads(capfdbinary.readouterr().out)
    assert [told["Namespace"] for told in line["_aws"]["CloudWatchMetrics"]] == ["OmniGen/dev"]


@pytest.mark.parametrize("profile", ["local", "aws"])
async def test_where_there_is_a_distribution(tmp_path: Path, profile: str) -> None:
    """Every use case that hands out an address hands out one of CloudFront's."""
    given = {**AWS, **CDN, "OMNIGEN_PROFILE": profile, "OMNIGEN_DATA_DIR": str(tmp_path)}
    settings = Settings.from_environment(given)
    async with opened(settings) as container:
        assets = container.assets()
        assert type(assets) is CdnAssets
        container.workflow.override(providers.Object(None))
        app = container.app()
        assert {app.video_url.assets, app.get_job.assets, app.list_jobs.assets} == {assets}
        assets._secrets = GivenSecrets({"cdn": Secret(pem(a_key()))})
        url = await app.get_job.assets.read_url("a", expires_in=timedelta(minutes=1))
    assert url.startswith("https://cdn.example/assets/a?Expires=")


def test_the_api_names_what_it_misses(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """At its start, all at once, with the status that keeps a supervisor from trying again."""
    for name in NEEDS[Part.API]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OMNIGEN_PROFILE", "aws")
    assert main() == 2
    told = capsys.readouterr().err
    assert all(name in told for name in NEEDS[Part.API])
