"""What the scripts that deliver ask of AWS, in which order, and what they take for a failure.

`aws`, `docker`, `gh` and `terraform` are stand-ins that write down how they were called and say what they are told to.
"""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from tests.infra.desk import Desk
from tests.infra.dockerfile import ROOT

IMAGE: Final = "123456789012.dkr.ecr.us-east-1.amazonaws.com/omnigen-api@sha256:" + "a" * 64
# --- API

FAMILY: Final = "arn:aws:ecs:us-east-1:123456789012:task-definition/omnigen-dev-api"
ECS: Final = {"ECS_CLUSTER": "omnigen-dev", "ECS_SERVICE": "api"}


def definition(container: str = "api") -> str:
    return json.dumps(
        {
            "family": "omnigen-dev-api",
            "taskDefinitionArn": f"{FAMILY}:7",
            "revision": 7,
            "status": "ACTIVE",
            "requiresAttributes": [],
            "compatibilities": [],
            "registeredAt": 1,
            "registeredBy": "somebody",
            "cpu": "1024",
            "containerDefinitions": [{"name": container, "image": "old"}, {"name": "other", "image": "kept"}],
        }
    )


def ecs(running: str, container: str = "api") -> dict[str, list[str]]:
    return {
        "aws ecs describe-services": [f"{FAMILY}:6", running],
        "aws ecs describe-task-definition": [definition(container)],
        "aws ecs register-task-definition": [f"{FAMILY}:8"],
    }


def test_ecs_runs_the_image_and_all_else_stays(desk: Desk) -> None:
    done = desk.run("deploy-api", IMAGE, told=ecs(f"{FAMILY}:8"), **ECS)
    assert done.returncode == 0, done.stderr
    assert desk.words() == [
        "aws ecs describe-services",
        "aws ecs describe-task-definition",
        "aws ecs register-task-definition",
        "aws ecs update-service",
        "aws ecs wait",
        "aws ecs describe-services",
    ]
    assert desk.calls()[1][4] == FAMILY  # the newest of the family, which Terraform may have written
    registered: dict[str, Any] = json.loads(desk.calls()[2][4])
    assert registered == {
        "family": "omnigen-dev-api",
        "cpu": "1024",
        "containerDefinitions": [{"name": "api", "image": IMAGE}, {"name": "other", "image": "kept"}],
    }


def test_an_image_that_went_back_is_a_failure(desk: Desk) -> None:
    """ECS' circuit breaker ends in a stable service, too: the old one."""
    done = desk.run("deploy-api", IMAGE, told=ecs(f"{FAMILY}:6"), **ECS)
    assert done.returncode == 1
    assert "did not become healthy" in done.stderr


def test_nothing_is_registered_without_its_container(desk: Desk) -> None:
    done = desk.run("deploy-api", IMAGE, told=ecs(f"{FAMILY}:8", container="web"), **ECS)
    assert done.returncode == 1
    assert "no container named api" in done.stderr
    assert "aws ecs register-task-definition" not in desk.words()


@pytest.mark.parametrize(("script", "more"), [("deploy-api", ()), ("deploy-workers", ("zip",))])
def test_a_tag_is_no_image(desk: Desk, script: str, more: tuple[str, ...]) -> None:
    """What a tag means may change after it was looked at."""
    done = desk.run(script, "repository:latest", *more, **ECS)
    assert done.returncode == 2
    assert "by its digest" in done.stderr
    assert not (desk.folder / "calls").exists()


# --- workers

FUNCTIONS: Final = {
    f"{name.upper()}_FUNCTION": f"omnigen-dev-{name}" for name in ("composer", "generator", "sweeper")
}


def test_functions_get_their_code_one_after_the_other(desk: Desk) -> None:
    (desk.folder / "code.zip").write_bytes(b"zip")
    done = desk.run("deploy-workers", IMAGE, "code.zip", **FUNCTIONS)
    assert done.returncode == 0, done.stderr
    updates = [call for call in desk.calls() if call[2] == "update-function-code"]
    assert [call[4] for call in updates] == [f"omnigen-dev-{n}" for n in ("composer", "generator", "sweeper")]
    assert updates[0][5:7] == ["--image-uri", IMAGE]
    assert updates[1][5:7] == updates[2][5:7] == ["--zip-file", "fileb://code.zip"]
    assert desk.words() == ["aws lambda update-function-code", "aws lambda wait"] * 3


def test_a_function_that_is_not_updated_stops_the_rest(desk: Desk) -> None:
    (desk.folder / "code.zip").write_bytes(b"zip")
    done = desk.run(
        "deploy-workers", IMAGE, "code.zip", told={"aws lambda wait": ["!it failed"]}, **FUNCTIONS
    )
    assert done.returncode != 0
    assert len(desk.words()) == 2


# --- app

APP: Final = {"FRONTEND_BUCKET": "omnigen-dev-frontend-1", "DISTRIBUTION": "E1"}


def built(folder: Path) -> None:
    (folder / "dist/assets").mkdir(parents=True)
    for name in ("index.html", "favicon.svg", ".done", "assets/index-abc.js"):
        (folder / "dist" / name).write_text(name)


def test_the_page_comes_last_and_is_looked_at_anew_each_time(desk: Desk) -> None:
    built(desk.folder)
    done = desk.run("deploy-web", "dist", told={"aws cloudfront create-invalidation": ["I1"]}, **APP)
    assert done.returncode == 0, done.stderr
    hashed, others, page, invalidation, waiting = desk.calls()
    assert hashed[1:5] == ["s3", "sync", "dist/assets", "s3://omnigen-dev-frontend-1/assets"]
    assert hashed[-1] == "public, max-age=31536000, immutable"
    assert "--delete" not in hashed  # a page loaded before asks for them later
    left_out = {others[i + 1] for i, word in enumerate(others) if word == "--exclude"}
    assert left_out == {"assets/*", "index.html", "config.json", ".*"}
    assert others[others.index("--cache-control") + 1] == "no-cache"
    assert page[1:5] == ["s3", "cp", "dist/index.html", "s3://omnigen-dev-frontend-1/index.html"]
    assert page[page.index("--cache-control") + 1] == "no-cache"
    assert invalidation[1:7] == [
        "cloudfront",
        "create-invalidation",
        "--distribution-id",
        "E1",
        "--paths",
        "/*",
    ]
    assert waiting[-1] == "I1"


def test_an_app_that_was_not_built_is_not_uploaded(desk: Desk) -> None:
    done = desk.run("deploy-web", "dist", **APP)
    assert done.returncode == 2
    assert not (desk.folder / "calls").exists()


# --- images

REPOSITORY: Final = IMAGE.split("@", maxsplit=1)[0]
ABSENT: Final = "!An error occurred (ImageNotFoundException) when calling the DescribeImages operation: none"


def test_a_commits_image_is_built_once(desk: Desk) -> None:
    found = desk.run(
        "deploy-image", "find", REPOSITORY, told={"aws ecr describe-images": ["sha256:" + "a" * 64]}
    )
    assert found.stdout.strip() == IMAGE
    assert desk.calls()[0][4] == "omnigen-api"
    assert desk.calls()[0][6].startswith("imageTag=")


def test_an_absent_image_is_not_an_unreadable_registry(desk: Desk) -> None:
    absent = desk.run("deploy-image", "find", REPOSITORY, told={"aws ecr describe-images": [ABSENT]})
    assert (absent.returncode, absent.stdout.strip()) == (0, "")
    unreadable = desk.run(
        "deploy-image", "find", REPOSITORY, told={"aws ecr describe-images": ["!AccessDenied"]}
    )
    assert unreadable.returncode == 1
    assert "AccessDenied" in unreadable.stderr


def test_what_is_pushed_is_named_by_the_registrys_digest(desk: Desk) -> None:
    told = {"aws ecr describe-images": ["sha256:" + "a" * 64], "aws ecr get-login-password": ["password"]}
    pushed = desk.run("deploy-image", "push", "api", REPOSITORY, told=told)
    assert pushed.stdout.strip() == IMAGE, pushed.stderr
    # The password goes by a pipe, which no list of processes shows.
    (login,) = (call for call in desk.calls() if call[:2] == ["docker", "login"])
    assert login[2:] == ["--username", "AWS", "--password-stdin", REPOSITORY.split("/")[0]]
    assert [call[1] for call in desk.calls() if call[0] == "docker"] == ["login", "tag", "push"]


# --- plans


def test_a_plan_is_made_and_told(desk: Desk) -> None:
    """The words come from the very plan that is applied later on."""
    where = {"STATE_BUCKET": "omnigen-state", "AWS_REGION": "us-east-1", "TERRAFORM_ARGS": "-lock=false"}
    told = {f"terraform -chdir={ROOT}/scripts/../infra/terraform/envs/dev show": ["Plan: 1 to add"]}
    done = desk.run("terraform-plan", "dev", "plan.txt", told=told, **where)
    assert done.returncode == 0, done.stderr
    assert (desk.folder / "plan.txt").read_text() == "Plan: 1 to add\n"
    init, plan, show = desk.calls()
    assert init[2:] == [
        "init", "-reconfigure", "-backend-config=bucket=omnigen-state", "-backend-config=region=us-east-1",
    ]  # fmt: skip
    assert plan[2:] == ["plan", "-out=plan.bin", "-lock=false"]
    assert show[2:] == ["show", "-no-color", "plan.bin"]


def test_a_plan_that_fails_says_so(desk: Desk) -> None:
    """Neither an empty plan nor the last one's words."""
    where = {"STATE_BUCKET": "omnigen-state", "AWS_REGION": "us-east-1"}
    path = f"terraform -chdir={ROOT}/scripts/../infra/terraform/envs/dev"
    done = desk.run("terraform-plan", "dev", "plan.txt", told={f"{path} plan": ["!denied"]}, **where)
    assert done.returncode != 0
    assert not (desk.folder / "plan.txt").exists()


# --- variables


def test_github_is_told_what_terraform_has_made(desk: Desk) -> None:
    """What isn't there is left out: GitHub refuses an empty variable."""
    made = {"ECS_CLUSTER": "omnigen-dev", "SITE_URL": "https://example.com", "DISTRIBUTION": None}
    told = {"terraform": [json.dumps(made)]}
    done = desk.run("deploy-variables", "dev", told=told)
    assert done.returncode == 0, done.stderr
    assert desk.calls() == [
        ["terraform", "-chdir=infra/terraform/envs/dev", "output", "-json", "delivery"],
        ["gh", "variable", "set", "--env", "dev", "--env-file", "/dev/stdin"],
    ]
    assert desk.piped() == ["ECS_CLUSTER=omnigen-dev\nSITE_URL=https://example.com\n"]


def test_no_variables_are_told_where_nothing_was_made(desk: Desk) -> None:
    done = desk.run("deploy-variables", "dev", told={"terraform": ["!no outputs"]})
    assert done.returncode != 0
    assert [call[0] for call in desk.calls()] == ["terraform"]
