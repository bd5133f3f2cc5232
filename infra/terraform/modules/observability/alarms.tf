# Each of these wants somebody to do something. What mends itself (a retry, a leg that handed over) has none.

locals {
  balancer = { LoadBalancer = var.load_balancer.suffix }
  pipeline = { StateMachineArn = var.state_machine_arn }

  alarms = merge(
    {
      api-errors = {
        why       = "The API answers 5xx: look at its log for the request ids."
        namespace = "AWS/ApplicationELB", metric = "HTTPCode_Target_5XX_Count", dimensions = local.balancer
        statistic = "Sum", period = 300, periods = 1, threshold = 5, comparison = "GreaterThanThreshold", missing = "notBreaching"
      }
      api-absent = {
        why       = "The load balancer answers 5xx itself: no task is well."
        namespace = "AWS/ApplicationELB", metric = "HTTPCode_ELB_5XX_Count", dimensions = local.balancer
        statistic = "Sum", period = 300, periods = 1, threshold = 5, comparison = "GreaterThanThreshold", missing = "notBreaching"
      }
      api-unwell = {
        why        = "Tasks fail their health check for five minutes: look at the service's events."
        namespace  = "AWS/ApplicationELB", metric = "UnHealthyHostCount"
        dimensions = merge(local.balancer, { TargetGroup = var.load_balancer.target_group })
        statistic  = "Minimum", period = 60, periods = 5, threshold = 0, comparison = "GreaterThanThreshold", missing = "notBreaching"
      }
      # Up to the first byte: streams of events, which last for minutes, don't count.
      api-slow = {
        why       = "One answer in twenty takes too long: more tasks, or a slow store."
        namespace = "AWS/ApplicationELB", metric = "TargetResponseTime", dimensions = local.balancer
        statistic = "p95", period = 300, periods = 3, threshold = var.slow_answer_s, comparison = "GreaterThanThreshold", missing = "notBreaching"
      }
      api-refusing = {
        why       = "Submissions are refused because too many come at once: raise the number of tasks."
        namespace = var.metrics_namespace, metric = "omnigen_submissions_refused_total", dimensions = {}
        statistic = "Sum", period = 300, periods = 3, threshold = 0, comparison = "GreaterThanThreshold", missing = "notBreaching"
      }
      # A lease lasts 312 s and the sweeper looks each minute: a job whose legs die is started two or three times a quarter.
      # A lost hint, or a delivery that ends many legs at once, takes one start each, and is over within a quarter.
      jobs-stuck = {
        why       = "The sweeper had to start legs again and again: legs die, or hints get lost. Look at the pipeline's log."
        namespace = var.metrics_namespace, metric = "omnigen_legs_started_by_sweeper_total", dimensions = {}
        statistic = "Sum", period = 900, periods = 2, threshold = 1, comparison = "GreaterThanThreshold", missing = "notBreaching"
      }
      # One or two have a brief that no model takes. Three in an hour are seen where few jobs come, too.
      jobs-failing = {
        why       = "Jobs end as failed: look for their codes in the generator's log, and at Replicate's status."
        namespace = var.metrics_namespace, metric = "omnigen_jobs_ended_total", dimensions = { status = "failed" }
        statistic = "Sum", period = 3600, periods = 1, threshold = 2, comparison = "GreaterThanThreshold", missing = "notBreaching"
      }
      pipeline-failing = {
        why       = "Executions fail: a leg could not be claimed, or could not say how it ended."
        namespace = "AWS/States", metric = "ExecutionsFailed", dimensions = local.pipeline
        statistic = "Sum", period = 300, periods = 1, threshold = 0, comparison = "GreaterThanThreshold", missing = "notBreaching"
      }
      pipeline-cut = {
        why       = "An execution met the five minutes of Express: its leg did not hand over in time."
        namespace = "AWS/States", metric = "ExecutionsTimedOut", dimensions = local.pipeline
        statistic = "Sum", period = 300, periods = 1, threshold = 0, comparison = "GreaterThanThreshold", missing = "notBreaching"
      }
      pipeline-throttled = {
        why       = "Step Functions throttles: ask for a higher quota of state transitions or starts."
        namespace = "AWS/States", metric = "ExecutionThrottled", dimensions = local.pipeline
        statistic = "Sum", period = 300, periods = 1, threshold = 0, comparison = "GreaterThanThreshold", missing = "notBreaching"
      }
      sweeper-silent = {
        why       = "The sweeper was not called for five minutes: what is lost stays lost."
        namespace = "AWS/Lambda", metric = "Invocations", dimensions = { FunctionName = "${var.name}-sweeper" }
        statistic = "Sum", period = 300, periods = 1, threshold = 1, comparison = "LessThanThreshold", missing = "breaching"
      }
      sweeper-failing = {
        why       = "The sweeper fails."
        namespace = "AWS/Lambda", metric = "Errors", dimensions = { FunctionName = "${var.name}-sweeper" }
        statistic = "Sum", period = 300, periods = 2, threshold = 1, comparison = "GreaterThanThreshold", missing = "notBreaching"
      }
      dead-letters = {
        why       = "Rounds of the sweeper ended in its dead-letter queue: read them there, then purge it."
        namespace = "AWS/SQS", metric = "ApproximateNumberOfMessagesVisible", dimensions = { QueueName = var.dead_letters }
        statistic = "Maximum", period = 300, periods = 1, threshold = 0, comparison = "GreaterThanThreshold", missing = "notBreaching"
      }
    },
    {
      for name, function in var.functions : "${name}-slow" => {
        why       = "${name} comes near its time-out of ${function.timeout_s} s."
        namespace = "AWS/Lambda", metric = "Duration", dimensions = { FunctionName = "${var.name}-${name}" }
        statistic = "Maximum", period = 300, periods = 1, threshold = function.timeout_s * 900, comparison = "GreaterThanThreshold", missing = "notBreaching"
      }
    },
    {
      for name in keys(var.functions) : "${name}-throttled" => {
        why       = "${name} is refused for want of concurrency: raise what is reserved, or the account's quota."
        namespace = "AWS/Lambda", metric = "Throttles", dimensions = { FunctionName = "${var.name}-${name}" }
        statistic = "Sum", period = 300, periods = 2, threshold = 10, comparison = "GreaterThanThreshold", missing = "notBreaching"
      } if name != "sweeper" # one at a time is meant: the next minute's round does what this one would have
    },
    {
      for pair in setproduct(var.tables, ["Read", "Write"]) : "${trimprefix(pair[0], "${var.name}-")}-${lower(pair[1])}s-throttled" => {
        why       = "DynamoDB throttles ${lower(pair[1])}s of ${pair[0]}: a hot partition."
        namespace = "AWS/DynamoDB", metric = "${pair[1]}ThrottleEvents", dimensions = { TableName = pair[0] }
        statistic = "Sum", period = 300, periods = 2, threshold = 10, comparison = "GreaterThanThreshold", missing = "notBreaching"
      }
    },
  )
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.why
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = startswith(each.value.statistic, "p") ? null : each.value.statistic
  extended_statistic  = startswith(each.value.statistic, "p") ? each.value.statistic : null
  period              = each.value.period
  evaluation_periods  = each.value.periods
  threshold           = each.value.threshold
  comparison_operator = each.value.comparison
  treat_missing_data  = each.value.missing
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]

  tags = { Name = "${var.name}-${each.key}" }
}
