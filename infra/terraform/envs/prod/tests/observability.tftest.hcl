mock_provider "aws" {
  source = "../../tests"
}

variables {
  name              = "omnigen-test"
  account           = "123456789012"
  region            = "us-east-1"
  functions         = { generator = { timeout_s = 60 }, composer = { timeout_s = 240 }, sweeper = { timeout_s = 60 } }
  tables            = ["omnigen-test-jobs", "omnigen-test-usage"]
  state_machine_arn = "arn:aws:states:us-east-1:123456789012:stateMachine:omnigen-test-pipeline"
  load_balancer     = { suffix = "app/api/1", target_group = "targetgroup/api/1" }
  ecs               = { cluster = "omnigen-test", service = "api" }
  metrics_namespace = "OmniGen/test"
  dead_letters      = "omnigen-test-dead-letters"
  alarm_emails      = ["somebody@example.com"]
}

run "observability" {
  command = plan

  module {
    source = "../../modules/observability"
  }

  assert {
    condition = { for name, group in aws_cloudwatch_log_group.this : name => [group.name, group.retention_in_days] } == {
      api       = ["/ecs/omnigen-test-api", 30]
      generator = ["/aws/lambda/omnigen-test-generator", 30]
      composer  = ["/aws/lambda/omnigen-test-composer", 30]
      sweeper   = ["/aws/lambda/omnigen-test-sweeper", 30]
      pipeline  = ["/aws/vendedlogs/states/omnigen-test-pipeline", 30]
    }
    error_message = "Log groups are the seed's four and the sweeper's, for 30 days."
  }

  assert {
    condition = length(setsubtract([
      "api-errors", "api-absent", "api-slow", "jobs-stuck", "pipeline-failing", "pipeline-cut", "pipeline-throttled", "composer-slow",
      "composer-throttled", "generator-throttled", "jobs-reads-throttled", "jobs-writes-throttled", "usage-writes-throttled",
      "sweeper-silent", "dead-letters",
    ], keys(aws_cloudwatch_metric_alarm.this))) == 0
    error_message = "There are alarms for 5xx, p95, stuck jobs, failed executions, the composer near its limit, throttles and dead letters."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["api-slow"].extended_statistic == "p95"
    error_message = "Slow is what one in twenty is."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["composer-slow"].threshold == 216000 && aws_cloudwatch_metric_alarm.this["composer-slow"].statistic == "Maximum"
    error_message = "The composer comes near its limit at nine tenths of its 240 s."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["sweeper-silent"].treat_missing_data == "breaching"
    error_message = "A sweeper that nobody calls is missed."
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.this : alarm.alarm_actions == toset([aws_sns_topic.alarms.arn])])
    error_message = "Every alarm tells somebody."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["jobs-failing"].namespace == "OmniGen/test"
    error_message = "Two environments in one account count apart."
  }

  assert {
    condition     = aws_sns_topic_subscription.mail["somebody@example.com"].protocol == "email"
    error_message = "Alarms go to whoever is named."
  }

  assert {
    condition = alltrue([for statement in jsondecode(aws_sns_topic_policy.alarms.policy).Statement : (
      keys(statement.Principal) == ["Service"] && statement.Condition == { StringEquals = { "aws:SourceAccount" = "123456789012" } }
    )])
    error_message = "Only our own account's alarms are published."
  }

  assert {
    condition     = aws_budgets_budget.month.limit_amount == "150" && length(aws_budgets_budget.month.notification) == 2
    error_message = "Somebody is told of 80 % of $150 a month, and when more is foreseen."
  }

  assert {
    condition     = length(jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets) >= 8
    error_message = "The dashboard shows requests, jobs, legs, executions, functions, tasks and tables."
  }
}

run "observability_refuses" {
  command = plan

  module {
    source = "../../modules/observability"
  }

  variables {
    retention_days = 31
  }

  expect_failures = [var.retention_days]
}
