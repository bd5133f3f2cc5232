"""Mistakes in a copy of infra/, each seen by one of the steps of `make infra-check`: which, and in what words."""

import json
from pathlib import Path
from typing import Final

import pytest

from tests.terraform.copies import copy_of_infra, spoil, terraform
from tests.terraform.never import complaints
from tests.terraform.rights import lacking

pytestmark = [pytest.mark.terraform, pytest.mark.timeout(300)]

MODULES: Final = "infra/terraform/modules"
ENVS: Final = "infra/terraform/envs"
TOLD: Final = "infra/resources.json"
PIPELINE: Final = "src/omnigen/entrypoints/lambdas/pipeline.asl.json"
INVOKES: Final = "arn:aws:states:::lambda:invoke"

# By the test file that sees them, all of them at once: what it says of each.
TESTED: Final = {
    "prod/api": {
        (
            f"{MODULES}/api/main.tf",
            "prefix_list_id    = data.aws_ec2_managed_prefix_list.cloudfront.id",
            'cidr_ipv4 = "0.0.0.0/0"',
        ): "The load balancer is open to CloudFront only.",
    },
    "prod/data": {
        (
            f"{MODULES}/data/main.tf",
            'Principal = { Service = "cloudfront.amazonaws.com" }',
            'Principal = "*"',
        ): "Nobody but our distribution is let into a bucket by its policy.",
        (
            f"{MODULES}/data/main.tf",
            'status = "Enabled"',
            'status = "Suspended"',
        ): "Every bucket is versioned.",
    },
    "prod/cicd": {
        (
            TOLD,
            '"secrets": [],',
            '"secrets": ["replicate-token"],',
        ): "Only the generator reads the Replicate key.",
        (
            f"{MODULES}/cicd/deploy.tf",
            "StringEquals = {",
            "StringLike = {",
        ): "Deliveries come from GitHub, from the one subject, for AWS.",
    },
    "prod/workflow": {
        (
            TOLD,
            '"timeout_s": 240',
            '"timeout_s": 290',
        ): "No call is longer than a leg: 240 s.",
        (PIPELINE, f'{INVOKES}"', f'{INVOKES}.sync"'): "Express waits for no job.",
        (PIPELINE, f'{INVOKES}"', f'{INVOKES}.waitForTaskToken"'): "Express is not called back.",
        (PIPELINE, '"Mode": "INLINE"', '"Mode": "DISTRIBUTED"'): "Express has no distributed maps.",
    },
    # Nothing is looked at any more where there is no plan.
    "prod/workflow, without a plan": {
        (
            PIPELINE,
            "${ComposerFunction}",
            "${CutterFunction}",
        ): 'vars map does not contain key "CutterFunction"',
    },
    "dev/dev": {
        (
            f"{ENVS}/dev/main.tf",
            "= var.github",
            '= { provider_arn = "arn:aws:iam::123456789012:oidc-provider/github", subjects = ["repo:owner/omnigen:*"] }',
        ): "github.subjects must be whole subjects that begin with repo:, without wildcards.",
    },
}


def test_validate_sees_a_misspelt_argument(tmp_path: Path) -> None:
    copy = copy_of_infra(tmp_path)
    spoil(copy, f"{MODULES}/network/main.tf", "map_public_ip_on_launch", "map_public_ip_at_launch")
    told = terraform(copy / MODULES / "network", "validate")
    assert told.returncode == 1
    assert 'An argument named "map_public_ip_at_launch" is not expected here.' in _flat(told.stdout)


@pytest.mark.parametrize("file", TESTED)
def test_terraform_test_sees(file: str, tmp_path: Path) -> None:
    copy = copy_of_infra(tmp_path)
    for planted in TESTED[file]:
        spoil(copy, *planted)
    root, name = file.partition(",")[0].split("/")
    _keep_first_run(copy / ENVS / root / "tests" / f"{name}.tftest.hcl")
    told = terraform(copy / ENVS / root, "test", f"-filter=tests/{name}.tftest.hcl")
    assert told.returncode == 1
    assert [words for words in TESTED[file].values() if words not in _flat(told.stdout)] == [], told.stdout


# What has a resource of its own, or was taken away where nobody looks: seen in what is planned as a whole.
PLANNED: Final = {
    (TOLD, '"dynamodb:ConditionCheckItem",', ""): [
        f"{part} may not dynamodb:ConditionCheckItem on arn:aws:dynamodb:us-east-1:123456789012:table/omnigen-dev-{table}"
        for part in ("composer", "generator", "sweeper")
        for table in ("jobs", "usage")
    ],
    (f"{MODULES}/cicd/main.tf", '${local.bucket[name]}/*"', '${local.bucket[name]}/uploads/*"'): [
        f"{part} may not s3:{action} on arn:aws:s3:::omnigen-dev-assets-123456789012/jobs/j1/video.mp4"
        for part in ("composer", "generator", "sweeper")
        for action in ("AbortMultipartUpload", "DeleteObject", "GetObject", "PutObject")
    ],
    (
        f"{MODULES}/network/main.tf",
        "# --- who talked to whom",
        """
        resource "aws_vpc_security_group_ingress_rule" "look" {
          security_group_id = aws_default_security_group.none.id
          cidr_ipv4         = "0.0.0.0/0"
          ip_protocol       = "-1"
        }
        """,
    ): [
        f"module.stack.module.network.aws_vpc_security_group_ingress_rule.look: {said}"
        for said in ("a way in that is not listed", "open to 0.0.0.0/0")
    ],
    (
        f"{MODULES}/workflow/main.tf",
        'resource "aws_vpc_security_group_egress_rule" "stores" {',
        """
        resource "aws_vpc_security_group_ingress_rule" "half" {
          security_group_id = aws_security_group.function["composer"].id
          cidr_ipv4         = "128.0.0.0/1"
          ip_protocol       = "-1"
        }

        resource "aws_vpc_security_group_egress_rule" "stores" {
        """,
    ): [
        f"module.stack.module.workflow.aws_vpc_security_group_ingress_rule.half: {said}"
        for said in ("a way in that is not listed", "open to 128.0.0.0/1")
    ],
    (
        f"{MODULES}/api/main.tf",
        'tags = { Name = "${var.name}-api" }',
        """
        ingress {
          protocol    = "tcp"
          from_port   = 8000
          to_port     = 8000
          cidr_blocks = ["10.0.0.0/8"]
        }
        """,
    ): ["module.stack.module.api.aws_security_group.tasks: a way in that is not listed"],
    (f"{MODULES}/data/main.tf", "block_public_policy     = true", "block_public_policy     = false"): [
        f'module.stack.module.data.aws_s3_bucket_public_access_block.this["{bucket}"]: lets a bucket be public'
        for bucket in ("assets", "frontend")
    ],
    (
        f"{MODULES}/observability/main.tf",
        "# --- who is told",
        'resource "aws_s3_bucket" "logs" {\n bucket = "omnigen-logs"\n}\n',
    ): [
        f"module.stack.module.observability.logs: a bucket without aws_s3_bucket_{kind}"
        for kind in ("public_access_block", "server_side_encryption_configuration", "versioning")
    ],
    (TOLD, '"log_execution_data": false', '"log_execution_data": true'): [
        "module.stack.module.workflow.aws_sfn_state_machine.pipeline: logs what users wrote"
    ],
}


def test_the_whole_plan_is_seen_through(tmp_path: Path) -> None:
    """The plan has nothing against any of these; each is named where it is."""
    copy = copy_of_infra(tmp_path)
    for planted in PLANNED:
        spoil(copy, *planted)
    root = copy / ENVS / "dev"
    told = terraform(root, "plan", "-out=plan")
    assert told.returncode == 0, told.stdout
    shown = terraform(root, "show", "-json", "plan")
    account = json.loads(shown.stdout)
    assert sorted([*lacking(account), *complaints(account)]) == sorted(
        words for said in PLANNED.values() for words in said
    )


OPENED: Final = {"security_group_id": "sg-1", "cidr_ipv4": "10.0.10.0/24"}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, []),
        ({"security_group_id": "sg-2"}, ["a way in that is not listed"]),
        ({"security_group_id": "sg-of-another-account"}, ["a way in that is not listed"]),
        ({"cidr_ipv4": "10.0.0.0/16"}, ["open to 10.0.0.0/16"]),
        ({"cidr_ipv4": "52.0.0.0/24"}, ["open to 52.0.0.0/24"]),
        ({"cidr_ipv4": None, "cidr_ipv6": "::/0"}, ["open to ::/0"]),
    ],
)
def test_a_listed_way_in_opens_its_own_group_to_a_private_subnet(
    changed: dict[str, str | None], said: list[str]
) -> None:
    """Of what is made: a plan doesn't know which group it is."""
    made = [
        ("aws_security_group", "endpoints[0]", {"id": "sg-1"}),
        ("aws_security_group", "other", {"id": "sg-2"}),
        ("aws_vpc_security_group_ingress_rule", 'endpoints["us-east-1a"]', OPENED | changed),
    ]
    account = {
        "values": {
            "root_module": {
                "resources": [
                    {
                        "mode": "managed",
                        "type": kind,
                        "address": f"module.stack.module.network.{kind}.{name}",
                        "values": values,
                    }
                    for kind, name, values in made
                ]
            }
        }
    }
    rule = "module.stack.module.network.aws_vpc_security_group_ingress_rule"
    assert complaints(account) == [f'{rule}.endpoints["us-east-1a"]: {words}' for words in said]


def _keep_first_run(path: Path) -> None:
    """The one that looks at everything by default; each of the others costs two seconds."""
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("\nrun ", text.index("\nrun ") + 1)], encoding="utf-8")


def _flat(text: str) -> str:
    """Without the breaks that Terraform puts into what it says."""
    return " ".join(text.split())
