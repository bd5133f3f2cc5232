locals {
  # The seed's four (API, generator, composer, state machine), the sweeper's, and the VPC's where it is wanted. Named so that
  # each service writes to it unasked; vendedlogs keeps the number of resource policies from growing.
  log_groups = merge(
    {
      api      = "/ecs/${var.name}-api"
      pipeline = "/aws/vendedlogs/states/${var.name}-pipeline"
    },
    { for function in keys(var.functions) : function => "/aws/lambda/${var.name}-${function}" },
    var.flow_logs ? { flow = "/aws/vpc/${var.name}" } : {},
  )
}

resource "aws_cloudwatch_log_group" "this" {
  for_each = local.log_groups

  name              = each.value
  retention_in_days = var.retention_days

  tags = { Name = each.value }
}

# --- who is told

resource "aws_sns_topic" "alarms" {
  name = "${var.name}-alarms"

  tags = { Name = "${var.name}-alarms" }
}

resource "aws_sns_topic_policy" "alarms" {
  arn = aws_sns_topic.alarms.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OurAlarmsAndBudgets"
      Effect    = "Allow"
      Principal = { Service = ["cloudwatch.amazonaws.com", "budgets.amazonaws.com"] }
      Action    = "sns:Publish"
      Resource  = aws_sns_topic.alarms.arn
      Condition = { StringEquals = { "aws:SourceAccount" = var.account } }
    }]
  })
}

resource "aws_sns_topic_subscription" "mail" {
  for_each = toset(var.alarm_emails)

  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = each.value
}

resource "aws_budgets_budget" "month" {
  name         = var.name
  budget_type  = "COST"
  limit_amount = tostring(var.monthly_budget_usd)
  limit_unit   = "USD"
  time_unit    = "MONTHLY"

  cost_filter {
    name   = "TagKeyValue"
    values = [format("user:Stack$%s", var.name)]
  }

  notification {
    comparison_operator       = "GREATER_THAN"
    threshold                 = 80
    threshold_type            = "PERCENTAGE"
    notification_type         = "ACTUAL"
    subscriber_sns_topic_arns = [aws_sns_topic.alarms.arn]
  }

  notification {
    comparison_operator       = "GREATER_THAN"
    threshold                 = 100
    threshold_type            = "PERCENTAGE"
    notification_type         = "FORECASTED"
    subscriber_sns_topic_arns = [aws_sns_topic.alarms.arn]
  }

  tags = { Name = var.name }

  depends_on = [aws_sns_topic_policy.alarms]
}
