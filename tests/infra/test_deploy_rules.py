"""GitHub's rules before its roles, and what is delivered before what."""

import json
from typing import Final

from tests.infra.desk import Desk
from tests.infra.test_workflows import workflows

REPOSITORY: Final = "repos/{owner}/{repo}"
COMMIT: Final = "c" * 40


def ruled(desk: Desk) -> list[str]:
    """Method and path of each call, and what was piped to it."""
    piped = iter(desk.piped())
    return [
        " ".join(
            [call[4], call[5].removeprefix(REPOSITORY + "/"), next(piped) if "-" in call else ""]
        ).strip()
        for call in desk.calls()
        if call[3:4] == ["--method"]
    ]


def test_main_and_the_environments_have_their_rules_from_the_first_call(desk: Desk) -> None:
    """At no time may any branch become a role: the call that makes an environment rules it."""
    done = desk.run("deploy-rules", "mate", told={"gh api users/mate": ["7"]})
    assert done.returncode == 0, done.stderr
    main, plan, *environments = [line.split(maxsplit=2) for line in ruled(desk)]
    assert main[:2] == ["POST", "rulesets"]
    ruleset = json.loads(main[2])
    assert (ruleset["enforcement"], ruleset["bypass_actors"]) == ("active", [])
    (checks,) = (rule for rule in ruleset["rules"] if rule["type"] == "required_status_checks")
    (required,) = checks["parameters"]["required_status_checks"]
    assert workflows()["check"]["jobs"][required["context"]]["name"] == required["context"]
    assert checks["parameters"]["strict_required_status_checks_policy"] is True
    assert plan == ["PUT", "environments/plan"]
    made, policies = environments[::2], environments[1::2]
    assert [path for _, path, _ in made] == [
        f"environments/{name}" for name in ("dev", "dev-infrastructure", "prod", "prod-infrastructure")
    ]
    for _, path, told in made:
        rules = json.loads(told)
        assert rules["deployment_branch_policy"] == {
            "protected_branches": False,
            "custom_branch_policies": True,
        }
        prod = "prod" in path
        assert rules.get("reviewers", []) == ([{"type": "User", "id": 7}] if prod else [])
        assert rules.get("prevent_self_review", False) is prod
    assert policies == [["POST", f"{path}/deployment-branch-policies"] for _, path, _ in made]
    allowed = [call for call in desk.calls() if call[-1] == "type=branch"]
    assert [call[6:8] for call in allowed] == [["--field", "name=main"]] * 4


def test_rules_that_are_there_are_not_made_twice(desk: Desk) -> None:
    told = {
        "gh api users/": ["7"],
        f"gh api {REPOSITORY}/rulesets": ['[{"name": "other", "id": 1}, {"name": "main", "id": 2}]'],
        f"gh api {REPOSITORY}/environments/": ['{"branch_policies": [{"name": "main", "id": 3}]}'],
    }
    done = desk.run("deploy-rules", "mate", "other", told=told)
    assert done.returncode == 0, done.stderr
    lines = ruled(desk)
    assert lines[0].startswith("PUT rulesets/2 ")
    assert not [line for line in lines if line.startswith("POST")]


def test_without_a_reviewer_or_a_ruleset_there_is_no_environment(desk: Desk) -> None:
    """A private repository on a free plan has no rulesets: it stops before anything could be delivered to."""
    nobody = desk.run("deploy-rules")
    assert (nobody.returncode, nobody.stderr.startswith("GitHub's rules")) == (2, True)
    assert not (desk.folder / "calls").exists()
    told = {"gh api users/": ["7"], "gh api --silent --method POST": ["!HTTP 403: upgrade"]}
    refused = desk.run("deploy-rules", "mate", told=told)
    assert refused.returncode != 0
    assert "upgrade" in refused.stderr
    assert not [call for call in desk.calls() if "environments" in " ".join(call)]


# --- workers first


def delivered(*environments: str) -> dict[str, list[str]]:
    """Deliveries of the workers for a commit, the newest first."""
    runs = [
        {"databaseId": n, "displayTitle": f"Deploy workers to {e}"} for n, e in enumerate(environments, 1)
    ]
    return {"gh run list": [json.dumps(runs)]}


def test_an_apply_waits_for_its_own_workers(desk: Desk) -> None:
    done = desk.run("deploy-order", "dev", COMMIT, told=delivered("prod", "dev", "dev"))
    assert done.returncode == 0, done.stderr
    listed, watched = desk.calls()
    assert listed[listed.index("--commit") + 1] == COMMIT
    assert watched[:5] == ["gh", "run", "watch", "2", "--exit-status"]


def test_workers_that_failed_stop_the_apply(desk: Desk) -> None:
    told = {**delivered("dev"), "gh run watch": ["!failed"]}
    done = desk.run("deploy-order", "dev", COMMIT, told=told)
    assert done.returncode == 1
    assert f"{COMMIT}'s workers did not get to dev, run 1" in done.stderr


def test_prod_is_told_to_deliver_its_workers_first(desk: Desk) -> None:
    done = desk.run("deploy-order", "prod", COMMIT, told=delivered("dev"))
    assert done.returncode == 1
    assert "gh workflow run deploy-workers.yml --ref main --field environment=prod" in done.stderr
    assert desk.words() == ["gh run list"]


def test_a_commit_without_workers_waits_for_nobody(desk: Desk) -> None:
    done = desk.run("deploy-order", "prod", COMMIT, told=delivered())
    assert (done.returncode, done.stderr) == (0, "")
    assert desk.words() == ["gh run list"]


def test_an_order_that_cannot_be_read_is_none(desk: Desk) -> None:
    done = desk.run("deploy-order", "dev", COMMIT, told={"gh run list": ["!HTTP 502"]})
    assert done.returncode != 0


def test_a_delivery_of_workers_is_named_as_its_place(desk: Desk) -> None:
    """The name is what `deploy-order` finds it by."""
    assert workflows()["deploy-workers"]["run-name"] == "Deploy workers to ${{ inputs.environment || 'dev' }}"
