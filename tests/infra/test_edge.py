"""What CloudFront does in front of the app, in Terraform's words, is what the API does where there is no CloudFront."""

import json
import re
import subprocess
from fnmatch import fnmatchcase
from typing import Final

from omnigen.entrypoints.http import web
from omnigen.entrypoints.http.middleware import request_id
from omnigen.entrypoints.http.serving import SILENCE_MS
from omnigen.settings import Settings
from tests.infra.dockerfile import ROOT

MODULES: Final = ROOT / "infra/terraform/modules"
EDGE: Final = (MODULES / "edge/main.tf").read_text(encoding="utf-8")
ISSUER: Final = "https://cognito-idp.eu-west-1.amazonaws.com"
PAGES: Final = "https://omnigen-test.auth.eu-west-1.amazoncognito.com"


def one(pattern: str, text: str = EDGE) -> str:
    """What the pattern finds, each time the same."""
    [found] = set(re.findall(pattern, text, re.MULTILINE))
    return str(found)


def given(text: str) -> str:
    """With what Terraform puts in: a bucket, a region, a pool's origins."""
    for expression, value in (
        ("local.stores", one(r'^  stores = "(.+)"$')),
        ('var.buckets["assets"]', "some-assets"),
        ("var.region", "eu-west-1"),
        ('join(" ", var.identity_origins)', f"{ISSUER} {PAGES}"),
    ):
        text = text.replace(f"${{{expression}}}", value)
    return text


def test_the_page_may_load_what_the_api_lets_it_load() -> None:
    """Letter by letter. The distribution itself, which signed addresses lead to, is 'self'."""
    settings = Settings.from_environment(
        {
            "OMNIGEN_PROFILE": "aws",
            "AWS_REGION": "eu-west-1",
            "OMNIGEN_ASSETS_BUCKET": "some-assets",
            "OMNIGEN_OIDC_ISSUER": f"{ISSUER}/eu-west-1_pool",
            "OMNIGEN_COGNITO_ENDPOINT": PAGES,
        }
    )
    block = EDGE.split('policy = join("; ", [\n')[1].split("\n  ])")[0]
    rules = [given(rule) for rule in re.findall(r'^    "(.+)",$', block, re.MULTILINE)]
    assert "; ".join(rules) == web.app_policy(settings)


def test_its_other_headers_too() -> None:
    block = EDGE.split('"aws_cloudfront_response_headers_policy" "app"')[1].split("\nresource ")[0]
    age = one(r"access_control_max_age_sec = (\d+)", block)
    told = {
        b"x-content-type-options": b"nosniff" if "content_type_options {" in block else b"",
        b"x-frame-options": one(r'frame_option = "(.+)"', block).encode(),
        b"referrer-policy": one(r'referrer_policy = "(.+)"', block).encode(),
        one(r'header   = "(.+)"', block).lower().encode(): one(r'value    = "(.+)"', block).encode(),
        b"strict-transport-security": f"max-age={age}; includeSubDomains".encode(),
    }
    assert "include_subdomains         = true" in block
    ours = dict((*request_id._ALWAYS, request_id._TRANSPORT))
    assert told == {name: value for name, value in ours.items() if name != b"server"}


def test_every_route_of_the_api_leads_to_it_and_no_other() -> None:
    """An address below /api that isn't there is the API's to refuse, and never the app's page."""
    patterns = json.loads(one(r"^  api_paths = (\[.+\])$"))
    routes = re.findall(
        r'^    "(/.*)": \{$', (ROOT / "web/src/lib/api/schema.d.ts").read_text(), re.MULTILINE
    )
    assert len(routes) > 20
    for path in (*routes, "/api", "/api/v1/none", "/docs", "/docs/assets/start.js", "/openapi.json"):
        meant = path not in {"/health", "/ready", "/metrics"}
        assert any(fnmatchcase(path, pattern) for pattern in patterns) is meant, path
    for path in ("/", "/jobs/job_1", "/apidocs", "/assets/app-1a2b.js", "/assets/jobs/1", "/config.json"):
        assert not any(fnmatchcase(path, pattern) for pattern in patterns), path


def turned(function: str, uris: list[str]) -> list[str]:
    """What a function of CloudFront's makes of addresses."""
    code = (MODULES / f"edge/functions/{function}.js").read_text(encoding="utf-8")
    call = (
        f"console.log(JSON.stringify({json.dumps(uris)}.map((uri) => handler({{ request: {{ uri }} }}).uri)))"
    )
    done = subprocess.run(["node", "-e", code + call], capture_output=True, text=True, check=True, timeout=60)
    found: list[str] = json.loads(done.stdout)
    return found


def test_every_address_of_the_app_is_its_page_and_files_are_themselves() -> None:
    pages = ["/", "/jobs/job_1", "/create", "/deep/er/still", "/jobs/", "/index.html"]
    assert set(turned("app", pages)) == {"/index.html"}
    files = ["/favicon.svg", "/config.json", "/sample.mp4", "/assets/app-1a2b.js", "/assets/none", "/none.js"]
    assert turned("app", files) == files


def test_media_lie_in_their_bucket_without_the_folder() -> None:
    assert turned("assets", ["/assets/jobs/1/video.mp4", "/assets/uploads/2"]) == [
        "/jobs/1/video.mp4",
        "/uploads/2",
    ]


def test_whoever_sends_on_a_connection_closes_it_first() -> None:
    """CloudFront before the load balancer, that before the API; else a request meets a closed door, and is a 502."""
    api = (MODULES / "api/main.tf").read_text(encoding="utf-8")
    edge, balancer = one(r"^  keepalive_s = (\d+)$"), one(r"^  idle_timeout += (\d+)", api)
    assert EDGE.count("origin_keepalive_timeout = local.keepalive_s") == 2
    assert int(edge) < int(balancer) < SILENCE_MS / 1000
    assert int(one(r"origin_read_timeout += (\d+)")) <= int(balancer)


def test_the_app_is_told_what_it_asks_for() -> None:
    """config.json: by the app's own type, by the API where that serves it, by Terraform."""
    asked = (
        (ROOT / "web/src/lib/config.ts").read_text(encoding="utf-8").split("identity: {")[1].split("};")[0]
    )
    variables = (MODULES / "edge/variables.tf").read_text(encoding="utf-8")
    told = variables.split('variable "identity" {')[1].split("})")[0]
    names = set(re.findall(r"^    (\w+)\s+= string$", told, re.MULTILINE))
    assert (
        names
        == set(re.findall(r"^    (\w+): string;$", asked, re.MULTILINE))
        == {"api", "client_id", "issuer", "pages"}
    )
    assert "content       = jsonencode({ identity = var.identity })" in EDGE
    assert one(r'^  cache_control = "(.+)"$') == "no-cache"


def test_files_are_kept_for_as_long_as_the_api_lets_them_be() -> None:
    """What deliveries say of the app's files: hashed ones never change, the page is asked for anew."""
    delivered = (ROOT / "scripts/deploy-web").read_text(encoding="utf-8")
    assert one(r'--cache-control "(.+)"$', delivered) == web._FOREVER
    assert delivered.count("--cache-control no-cache ") == 2
    assert (
        "cache_policy_id            = data.aws_cloudfront_cache_policy.optimized.id" in EDGE
    )  # it heeds these
