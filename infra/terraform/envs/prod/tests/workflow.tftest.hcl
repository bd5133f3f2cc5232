mock_provider "aws" {
  source = "../../tests"
}

variables {
  name       = "omnigen-test"
  definition = "../../../../src/omnigen/entrypoints/lambdas/pipeline.asl.json"
  roles = {
    for name in ["generator", "composer", "sweeper", "pipeline", "scheduler"] : name => "arn:aws:iam::123456789012:role/omnigen-test-${name}"
  }
  vpc_id       = "vpc-1"
  subnet_ids   = ["subnet-private-a", "subnet-private-b"]
  prefix_lists = { s3 = "pl-s3", dynamodb = "pl-dynamodb" }
  log_groups   = { for name in ["generator", "composer", "sweeper"] : name => "/aws/lambda/omnigen-test-${name}" }

  pipeline_log_group_arn = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/vendedlogs/states/omnigen-test-pipeline"

  environment    = { OMNIGEN_PROFILE = "aws" }
  zip            = "../../../../dist/generator-arm64.zip"
  composer_image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/omnigen-composer:first"
}

run "workflow" {
  command = plan

  module {
    source = "../../modules/workflow"
  }

  assert {
    condition = { for name, function in merge(aws_lambda_function.zip, aws_lambda_function.image) : name => [
      function.package_type == "Image" ? "image" : "zip", function.memory_size, function.ephemeral_storage[0].size, function.reserved_concurrent_executions,
      ] } == {
      generator = ["zip", 2048, 1024, 300], composer = ["image", 10240, 10240, 60], sweeper = ["zip", 512, 512, 1],
    }
    error_message = "Generator and sweeper are zips of 2048 and 512 MB; the composer is an image of 10240 MB with 10 GB of scratch. All are reserved."
  }

  # --- never

  assert {
    condition = { for name, function in merge(aws_lambda_function.zip, aws_lambda_function.image) : name => function.timeout } == {
      generator = 60, composer = 240, sweeper = 60
    }
    error_message = "No call is longer than a leg: 240 s. One that begins late breaks off by itself, before the execution's 300 s are over."
  }

  assert {
    condition = alltrue([for function in merge(aws_lambda_function.zip, aws_lambda_function.image) :
      function.vpc_config[0].subnet_ids == toset(var.subnet_ids)
    ])
    error_message = "All functions are in the private subnets."
  }

  assert {
    condition = toset([for rule in aws_vpc_security_group_egress_rule.stores : "${rule.prefix_list_id} ${rule.from_port}-${rule.to_port}"]) == toset([
      "pl-s3 443-443", "pl-dynamodb 443-443",
    ]) && keys(aws_vpc_security_group_egress_rule.web) == ["generator", "sweeper"]
    error_message = "The composer reaches the stores and nothing else."
  }

  assert {
    condition = (
      aws_sfn_state_machine.pipeline.logging_configuration[0].include_execution_data == false &&
      aws_sfn_state_machine.pipeline.logging_configuration[0].level == "ERROR"
    )
    error_message = "Errors are logged, and what users wrote never is."
  }

  assert {
    condition     = aws_sfn_state_machine.pipeline.type == "EXPRESS" && jsondecode(aws_sfn_state_machine.pipeline.definition).TimeoutSeconds == 300
    error_message = "The pipeline is an Express machine, which lives for five minutes."
  }

  assert {
    condition     = length(regexall("[.]sync\\b|:activity:", aws_sfn_state_machine.pipeline.definition)) == 0
    error_message = "Express waits for no job."
  }

  assert {
    condition     = !strcontains(aws_sfn_state_machine.pipeline.definition, "waitForTaskToken")
    error_message = "Express is not called back."
  }

  assert {
    condition     = !strcontains(aws_sfn_state_machine.pipeline.definition, "DISTRIBUTED")
    error_message = "Express has no distributed maps."
  }

  assert {
    condition = toset(regexall("arn:aws:lambda:[^\"]*", aws_sfn_state_machine.pipeline.definition)) == toset([
      aws_lambda_function.zip["generator"].arn, aws_lambda_function.image["composer"].arn,
    ])
    error_message = "The pipeline calls generator and composer."
  }

  assert {
    condition = (
      !aws_sfn_state_machine.pipeline.tracing_configuration[0].enabled &&
      alltrue([for function in merge(aws_lambda_function.zip, aws_lambda_function.image) : function.tracing_config[0].mode == "PassThrough"])
    )
    error_message = "X-Ray is off unless asked for."
  }

  # --- what the clock calls

  assert {
    condition = { for name, schedule in aws_scheduler_schedule.this : name => [schedule.schedule_expression, schedule.target[0].input] } == {
      sweep = ["rate(1 minute)", "{\"step\":\"sweep\"}"], clear-orphans = ["rate(1 hour)", "{\"step\":\"clear_orphans\"}"]
    }
    error_message = "The sweeper is called each minute, and each hour for what nobody owns."
  }

  assert {
    condition = alltrue([for schedule in aws_scheduler_schedule.this : schedule.target[0].dead_letter_config[0].arn == aws_sqs_queue.dead_letters.arn]) && (
      aws_lambda_function_event_invoke_config.called_by_clock["sweeper"].destination_config[0].on_failure[0].destination == aws_sqs_queue.dead_letters.arn
    )
    error_message = "Calls that failed are kept in the dead-letter queue, whether Scheduler or Lambda gave up."
  }

  assert {
    condition     = aws_sqs_queue.dead_letters.sqs_managed_sse_enabled && aws_sqs_queue.dead_letters.message_retention_seconds == 1209600
    error_message = "Dead letters are encrypted, and kept for fourteen days."
  }
}

run "workflow_refuses" {
  command = plan

  module {
    source = "../../modules/workflow"
  }

  variables {
    composer_image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/omnigen-composer:latest"
    architecture   = "mips"
    memory_mb      = { generator = 64 }
    log_level      = "DEBUG"
  }

  expect_failures = [var.composer_image, var.architecture, var.memory_mb, var.log_level]
}
