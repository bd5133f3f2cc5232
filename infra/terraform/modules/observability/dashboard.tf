locals {
  # Title, and metrics as CloudWatch writes them; every second one starts a new row.
  panels = [
    ["Requests, by status", [for status in ["200", "202", "401", "404", "422", "429", "500", "503"] : [var.metrics_namespace, "omnigen_http_requests_total", "status", status]], "Sum"],
    ["Time to an answer, p95", [["AWS/ApplicationELB", "TargetResponseTime", "LoadBalancer", var.load_balancer.suffix]], "p95"],
    ["Jobs that ended", [for status in ["succeeded", "failed", "cancelled"] : [var.metrics_namespace, "omnigen_jobs_ended_total", "status", status]], "Sum"],
    ["Legs that the sweeper had to start", [[var.metrics_namespace, "omnigen_legs_started_by_sweeper_total"]], "Sum"],
    ["Executions", [for metric in ["ExecutionsStarted", "ExecutionsSucceeded", "ExecutionsFailed", "ExecutionsTimedOut"] : ["AWS/States", metric, "StateMachineArn", var.state_machine_arn]], "Sum"],
    ["Functions at once", [for name in keys(var.functions) : ["AWS/Lambda", "ConcurrentExecutions", "FunctionName", "${var.name}-${name}"]], "Maximum"],
    ["Functions' longest call, ms", [for name in keys(var.functions) : ["AWS/Lambda", "Duration", "FunctionName", "${var.name}-${name}"]], "Maximum"],
    ["Functions' errors", [for name in keys(var.functions) : ["AWS/Lambda", "Errors", "FunctionName", "${var.name}-${name}"]], "Sum"],
    ["API: CPU and memory, %", [for metric in ["CPUUtilization", "MemoryUtilization"] : ["AWS/ECS", metric, "ClusterName", var.ecs.cluster, "ServiceName", var.ecs.service]], "Average"],
    ["Tables: units", concat([for table in var.tables : ["AWS/DynamoDB", "ConsumedReadCapacityUnits", "TableName", table]], [for table in var.tables : ["AWS/DynamoDB", "ConsumedWriteCapacityUnits", "TableName", table]]), "Sum"],
  ]
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.name
  dashboard_body = jsonencode({
    widgets = [for i, panel in local.panels : {
      type   = "metric"
      x      = i % 2 * 12
      y      = floor(i / 2) * 6
      width  = 12
      height = 6
      properties = {
        title   = panel[0]
        region  = var.region
        metrics = panel[1]
        stat    = panel[2]
        period  = 300
        view    = "timeSeries"
      }
    }]
  })
}
