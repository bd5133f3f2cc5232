output "log_groups" {
  description = "Names of the log groups: api, pipeline, one for each function, flow where there is one."
  value       = { for key, group in aws_cloudwatch_log_group.this : key => group.name }
}

output "log_group_arns" {
  description = "ARNs of the same."
  value       = { for key, group in aws_cloudwatch_log_group.this : key => group.arn }
}

output "topic_arn" {
  description = "Where alarms go."
  value       = aws_sns_topic.alarms.arn
}

output "alarms" {
  description = "Names of the alarms."
  value       = [for alarm in aws_cloudwatch_metric_alarm.this : alarm.alarm_name]
}
