"""The account that a made-up apply has left, and what of it is made on ministack: the rest, and why it isn't."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
_SOURCES: Final = (
    "infra/terraform/**/*.tf",
    "infra/resources.json",
    "src/omnigen/entrypoints/lambdas/*.json",
)


def made_up(environment: str) -> Path:
    """What `make infra-check` has left of an environment. Fails where it hasn't, or not of what is here now."""
    left = ROOT / ".terraform-check" / f"{environment}.json"
    if not left.exists():
        pytest.fail(f"{left} is missing; `make infra-check` makes it, by its made-up apply")
    since = left.stat().st_mtime
    newer = [str(path) for sources in _SOURCES for path in ROOT.glob(sources) if path.stat().st_mtime > since]
    if newer:
        pytest.fail(f"{left} is older than {newer[0]}; `make infra-check` makes it anew")
    return left


MADE: Final = frozenset(
    {
        "aws_dynamodb_table",
        "aws_ecs_task_definition",  # its environment and its role, for the API; no container
        "aws_iam_role",
        "aws_iam_role_policy",
        "aws_lambda_function",
        "aws_s3_bucket",
        "aws_s3_bucket_cors_configuration",
        "aws_s3_bucket_lifecycle_configuration",
        "aws_s3_bucket_versioning",
        "aws_scheduler_schedule",
        "aws_secretsmanager_secret",
        "aws_sfn_state_machine",
    }
)
"""Types of resources that are made here."""
_EDGE: Final = "there is no CloudFront: the API serves the app, S3 its objects"
_NETWORK: Final = "everything is on loopback"
_SIGN_IN: Final = "the user pool is the stand-in's (emulator/identity)"
_TASKS: Final = "the API is a process, without ECS and its load balancer"
_WATCHED: Final = "nobody watches a run but who started it"
_PRIVATE: Final = "loopback is private, and ministack encrypts nothing"
LEFT_OUT: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        (
            "aws_cloudfront_cache_policy",
            "aws_cloudfront_distribution",
            "aws_cloudfront_function",
            "aws_cloudfront_key_group",
            "aws_cloudfront_origin_access_control",
            "aws_cloudfront_public_key",
            "aws_cloudfront_response_headers_policy",
            "aws_cloudfront_vpc_origin",
            "aws_route53_record",
            "aws_s3_object",
            "aws_wafv2_web_acl",
        ),
        _EDGE,
    ),
    **dict.fromkeys(
        (
            "aws_default_security_group",
            "aws_eip",
            "aws_flow_log",
            "aws_internet_gateway",
            "aws_nat_gateway",
            "aws_route",
            "aws_route_table",
            "aws_route_table_association",
            "aws_security_group",
            "aws_subnet",
            "aws_vpc",
            "aws_vpc_endpoint",
            "aws_vpc_security_group_egress_rule",
            "aws_vpc_security_group_ingress_rule",
        ),
        _NETWORK,
    ),
    **dict.fromkeys(
        (
            "aws_cognito_user_group",
            "aws_cognito_user_pool",
            "aws_cognito_user_pool_client",
            "aws_cognito_user_pool_domain",
        ),
        _SIGN_IN,
    ),
    **dict.fromkeys(
        (
            "aws_appautoscaling_policy",
            "aws_appautoscaling_target",
            "aws_ecs_cluster",
            "aws_ecs_service",
            "aws_lb",
            "aws_lb_listener",
            "aws_lb_listener_rule",
            "aws_lb_target_group",
        ),
        _TASKS,
    ),
    **dict.fromkeys(
        (
            "aws_budgets_budget",
            "aws_cloudwatch_dashboard",
            "aws_cloudwatch_log_group",
            "aws_cloudwatch_metric_alarm",
            "aws_sns_topic",
            "aws_sns_topic_policy",
            "aws_sns_topic_subscription",
        ),
        _WATCHED,
    ),
    **dict.fromkeys(
        (
            "aws_s3_bucket_ownership_controls",
            "aws_s3_bucket_public_access_block",
            "aws_s3_bucket_server_side_encryption_configuration",
        ),
        _PRIVATE,
    ),
    "aws_lambda_function_event_invoke_config": "nobody reads dead letters of a run; the next minute's round does the same",
    "aws_s3_bucket_policy": "it lets CloudFront in, and nobody without TLS, which loopback hasn't",
    "aws_scheduler_schedule_group": "schedules are in the default group, which ministack always has",
    "aws_sqs_queue": "nobody reads dead letters of a run",
}
"""Types that aren't, and why."""
