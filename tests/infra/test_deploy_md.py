"""docs/DEPLOY.md is reckoned right, and names what is there."""

import json
import re
import shutil
import subprocess
import tomllib
from typing import Final

import pytest

from tests.infra.desk import Desk
from tests.infra.dockerfile import ROOT
from tests.infra.test_deliveries import FAMILY, ecs

TEXT: Final = (ROOT / "docs/DEPLOY.md").read_text(encoding="utf-8")
PRICES: Final = tomllib.loads((ROOT / "benchmarks/aws_prices.toml").read_text(encoding="utf-8"))
HOURS: Final = 730
PER: Final = {"an hour": HOURS, "a month": 1, "a GB-s": 1, "": 1}


def idle() -> list[tuple[str, float, float, str, float]]:
    """What, how many, price, its unit, dollars a month."""
    table = TEXT.split("| what | how many | each | a month |")[1].split("\n\n")[0]
    rows = re.findall(
        r"^\| (.+?) \| ([\d.,]+) \| ([\d.]+) ?([a-zA-Z -]*?) \| \$([\d.]+) \|$", table, re.MULTILINE
    )
    return [
        (what, float(many.replace(",", "")), float(price), unit, float(sum_))
        for what, many, price, unit, sum_ in rows
    ]


def test_an_idle_month_adds_up() -> None:
    """Each row is what it multiplies to, the last one what they add up to."""
    rows = idle()
    assert len(rows) == 17
    for what, many, price, unit, dollars in rows:
        assert many * price * PER[unit] == pytest.approx(dollars, abs=0.006), what
    assert sum(row[-1] for row in rows) == pytest.approx(
        float(TEXT.split("| **in all** | | | **$")[1].split("*")[0])
    )


def test_its_prices_are_those_of_the_bill() -> None:
    """Each row's, in the table's order, is one that the file names a page for."""
    once, bill = PRICES["idle"], PRICES
    assert [price for _, _, price, _, _ in idle()] == [
        once["nat_hour"],
        once["address_hour"],
        once["balancer_hour"],
        once["balancer_unit_hour"],
        once["vcpu_hour"],
        once["task_gb_hour"],
        once["metric_month"],
        once["metric_month"],
        once["alarm_month"],
        once["dashboard_month"],
        once["secret_month"],
        bill["lambda"]["arm64_gb_second"],
        bill["lambda"]["request"],
        once["scheduled_call"],
        bill["dynamodb"]["read_unit"],
        once["image_gb_month"],
        bill["logs"]["gb"],
    ]
    assert f"**{PRICES['read']}**" in TEXT


def test_the_quota_it_asks_for_is_what_is_reserved() -> None:
    """Both environments in one account, and the hundred that Lambda keeps."""
    functions = json.loads((ROOT / "infra/resources.json").read_text())["functions"].values()
    prod = sum(function["reserved_concurrency"] for function in functions)
    main = (ROOT / "infra/terraform/envs/dev/main.tf").read_text()
    own = re.findall(r"reserved_concurrency = \{(.*)\}", main)
    dev = sum(int(number) for number in re.findall(r"\d+", own[0]))
    assert f"since prod reserves {prod}, dev {dev}, and Lambda keeps 100" in TEXT
    assert prod + dev + 100 <= 1000


def test_a_commit_comes_back_by_these_commands(desk: Desk) -> None:
    """The block of "Code, step by step", with a checkout of git's own and stand-ins for the rest."""
    root = desk.folder / "project"
    shutil.copytree(ROOT / "scripts", root / "scripts")
    (desk.folder / "make").write_text(
        "#!/bin/bash\nmkdir -p dist web/dist/assets && touch dist/generator-arm64.zip web/dist/index.html\n"
    )
    (desk.folder / "make").chmod(0o755)
    git = ["git", "-C", str(root), "-c", "user.name=a", "-c", "user.email=a@example.com"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "good"]):
        subprocess.run([*git, *command], check=True)
    good = subprocess.run(
        [*git, "rev-parse", "HEAD"], capture_output=True, text=True, check=True
    ).stdout.strip()
    subprocess.run([*git, "commit", "-qm", "bad", "--allow-empty"], check=True)
    block = TEXT.split("### Code, step by step")[1].split("```sh\n")[1].split("```")[0]
    script = root / "scripts/back"
    script.write_text(f"#!/bin/bash\nset -e\ncd {root}\n{block.replace('COMMIT', good)}")
    script.chmod(0o755)
    registry = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
    delivery = {
        "ECS_CLUSTER": "omnigen-prod", "ECS_SERVICE": "api", "DISTRIBUTION": "E1", "FRONTEND_BUCKET": "frontend",
        "API_REPOSITORY": f"{registry}/omnigen-api", "COMPOSER_REPOSITORY": f"{registry}/omnigen-composer",
        **{f"{name}_FUNCTION": f"omnigen-prod-{name.lower()}" for name in ("COMPOSER", "GENERATOR", "SWEEPER")},
        "SITE_URL": None,
    }  # fmt: skip
    digest = "sha256:" + "a" * 64
    told = {"terraform": [json.dumps(delivery)], "aws ecr describe-images": [digest], **ecs(f"{FAMILY}:8")}
    done = desk.run("back", root=root, told=told)
    assert done.returncode == 0, done.stderr
    found = [call for call in desk.calls() if call[1] == "ecr"]
    assert {call[call.index("--image-ids") + 1] for call in found} == {f"imageTag={good}"}
    assert f"deploy-workers: {registry}/omnigen-composer@{digest} and generator-arm64.zip run" in done.stdout
    assert f"deploy-api: {registry}/omnigen-api@{digest} runs" in done.stdout
    assert "deploy-web: web/dist is served" in done.stdout


def test_a_videos_price_is_the_measured_one() -> None:
    """`python -m benchmarks.bill` writes it."""
    bills = json.loads((ROOT / "benchmarks/results/bill.json").read_text())["bills"]
    for name in ("ours, as defined", "ours, small"):
        assert f"${sum(bills[name].values()):.4f}" in TEXT


def test_what_it_names_is_there() -> None:
    """Scripts, workflows, pages, targets of make."""
    for name in re.findall(r"\b(scripts/[\w.-]+\w)", TEXT):
        assert (ROOT / name.removesuffix("-")).exists() or name.endswith("deploy"), name
    for name in re.findall(r"`([\w-]+\.yml)`", TEXT):
        assert (ROOT / ".github/workflows" / name).exists(), name
    for name in re.findall(r"\]\(([\w./-]+\.md)\)", TEXT):
        assert (ROOT / "docs" / name).exists(), name
    targets = (ROOT / "Makefile").read_text()
    for name in re.findall(r"`make ([\w-]+)", TEXT):
        assert f"\n{name}:" in targets, name


def test_its_commands_are_the_shells() -> None:
    """Every block can be parsed, whatever stands for a name of the reader's."""
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```$", TEXT, re.MULTILINE | re.DOTALL)
    assert len(blocks) > 8
    for block in blocks:
        done = subprocess.run(["bash", "-n"], input=block, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), block


def declared(kind: str, folder: str) -> set[str]:
    """Names of a root's or module's outputs or variables."""
    text = "".join(path.read_text() for path in (ROOT / "infra/terraform" / folder).glob("*.tf"))
    return set(re.findall(rf'^{kind} "(\w+)" {{$', text, re.MULTILINE))


def test_what_it_reads_off_terraform_is_an_output() -> None:
    read = re.findall(r"-chdir=infra/terraform/(\S+) output -\w+ (\w+)", TEXT)
    assert {name for _, name in read} >= {"state_bucket", "environments", "delivery", "sign_in"}
    for root, name in read:
        assert name in declared("output", root), (root, name)
    delivery = (ROOT / "infra/terraform/modules/stack/outputs.tf").read_text().split('output "delivery"')[1]
    told = set(re.findall(r"^    (\w+)\s+= ", delivery.split("\n}")[0], re.MULTILINE))
    assert set(re.findall(r"\bdelivery ([A-Z_]+)", TEXT)) <= told
    table = set(re.findall(r"^\| `([A-Z_]+)` \|", TEXT, re.MULTILINE))
    assert table - told == {"DEPLOYS", "STATE_BUCKET", "PLAN_ROLE", "INFRASTRUCTURE_ROLE"}
    assert told <= table


def test_what_it_sets_is_a_variable() -> None:
    """The example of terraform.tfvars, and the files that bootstrap's outputs are written to."""
    example = TEXT.split("```hcl\n")[1].split("```")[0]
    wanted = set(re.findall(r"^(\w+) +=", example, re.MULTILINE)) | {"permissions_boundary_arn", "github"}
    for environment in ("dev", "prod"):
        assert wanted <= declared("variable", f"envs/{environment}")
    secrets = set(json.loads((ROOT / "infra/resources.json").read_text())["secrets"])
    named = set(re.findall(r"--secret-id omnigen/dev/([\w-]+)", TEXT))
    assert named == secrets - {"replicate-webhook"}


def test_every_function_has_its_role_told() -> None:
    """Those of infra/resources.json, and the others' names."""
    told = set(re.findall(r"^\| `omnigen-ENV-(\w+)` \|", TEXT, re.MULTILINE))
    functions = set(json.loads((ROOT / "infra/resources.json").read_text())["functions"])
    assert told == functions | {"execution", "api", "pipeline", "scheduler", "deploy"}
