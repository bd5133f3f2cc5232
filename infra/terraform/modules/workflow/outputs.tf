output "functions" {
  description = "Names of the functions, by their endings."
  value       = { for name, function in local.made : name => function.function_name }
}

output "state_machine_arn" {
  description = "The pipeline."
  value       = aws_sfn_state_machine.pipeline.arn
}

output "dead_letters" {
  description = "Name of the queue of rounds that failed."
  value       = aws_sqs_queue.dead_letters.name
}
