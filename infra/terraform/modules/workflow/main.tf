locals {
  # What there is and who may do what: the emulator reads the same file. Read here, not handed in: so `validate` sees it too.
  resources = jsondecode(file("${path.module}/../../../resources.json"))

  functions = local.resources.functions
  pipeline  = local.resources.state_machines.pipeline
  zips      = { for name, function in local.functions : name => function if function.package == "zip" }
  images    = { for name, function in local.functions : name => function if function.package == "image" }
  made      = merge(aws_lambda_function.zip, aws_lambda_function.image)

  # An execution of Express lives for five minutes. Sixty seconds of it are a leg's spare (docs/adr/0005-legs-on-express.md).
  leg_s = 300
}

# --- network: the composer, which decodes what strangers made, reaches the stores and nothing else

resource "aws_security_group" "function" {
  for_each = local.functions

  name        = "${var.name}-${each.key}"
  description = each.value.description
  vpc_id      = var.vpc_id

  tags = { Name = "${var.name}-${each.key}" }
}

resource "aws_vpc_security_group_egress_rule" "stores" {
  for_each = { for pair in setproduct(keys(local.functions), ["s3", "dynamodb"]) : "${pair[0]}-${pair[1]}" => pair }

  security_group_id = aws_security_group.function[each.value[0]].id
  description       = "To ${each.value[1]}, by its gateway endpoint"
  prefix_list_id    = var.prefix_lists[each.value[1]]
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_egress_rule" "web" {
  for_each = { for name, function in local.functions : name => function if length(concat(function.secrets, function.invokes, function.starts)) > 0 }

  security_group_id = aws_security_group.function[each.key].id
  description       = "To Replicate, and to AWS's own addresses"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

# --- functions

resource "aws_lambda_function" "zip" {
  for_each = local.zips

  function_name = "${var.name}-${each.key}"
  description   = each.value.description
  role          = var.roles[each.key]
  architectures = [var.architecture]
  memory_size   = lookup(var.memory_mb, each.key, each.value.memory_mb)
  timeout       = each.value.timeout_s

  filename = var.zip
  handler  = each.value.handler
  runtime  = "python3.13"

  reserved_concurrent_executions = lookup(var.reserved_concurrency, each.key, each.value.reserved_concurrency)

  ephemeral_storage {
    size = each.value.ephemeral_storage_mb
  }

  environment {
    variables = merge(var.environment, lookup(var.own_environment, each.key, {}))
  }

  vpc_config {
    subnet_ids         = var.subnet_ids
    security_group_ids = [aws_security_group.function[each.key].id]
  }

  logging_config {
    log_format = "Text" # our lines are JSON already, and so are the metrics that CloudWatch reads out of them
    log_group  = var.log_groups[each.key]
  }

  tracing_config {
    mode = var.tracing ? "Active" : "PassThrough"
  }

  tags = { Name = "${var.name}-${each.key}" }

  lifecycle {
    # What runs is the delivery pipeline's matter (scripts/deploy-workers): an apply never takes it back.
    ignore_changes = [filename, source_code_hash]

    precondition {
      condition     = each.value.timeout_s < local.leg_s
      error_message = "${each.key} may run for ${each.value.timeout_s} s and would outlive its execution, which ends after ${local.leg_s}."
    }
  }
}

resource "aws_lambda_function" "image" {
  for_each = local.images

  function_name = "${var.name}-${each.key}"
  description   = each.value.description
  role          = var.roles[each.key]
  architectures = [var.architecture]
  memory_size   = lookup(var.memory_mb, each.key, each.value.memory_mb)
  timeout       = each.value.timeout_s

  package_type = "Image"
  image_uri    = var.composer_image

  image_config {
    command = [each.value.handler]
  }

  reserved_concurrent_executions = lookup(var.reserved_concurrency, each.key, each.value.reserved_concurrency)

  ephemeral_storage {
    size = each.value.ephemeral_storage_mb
  }

  environment {
    variables = merge(var.environment, lookup(var.own_environment, each.key, {}))
  }

  vpc_config {
    subnet_ids         = var.subnet_ids
    security_group_ids = [aws_security_group.function[each.key].id]
  }

  logging_config {
    log_format = "Text" # our lines are JSON already, and so are the metrics that CloudWatch reads out of them
    log_group  = var.log_groups[each.key]
  }

  tracing_config {
    mode = var.tracing ? "Active" : "PassThrough"
  }

  tags = { Name = "${var.name}-${each.key}" }

  lifecycle {
    # What runs is the delivery pipeline's matter (scripts/deploy-workers): an apply never takes it back.
    ignore_changes = [image_uri]

    precondition {
      condition     = each.value.timeout_s < local.leg_s
      error_message = "${each.key} may run for ${each.value.timeout_s} s and would outlive its execution, which ends after ${local.leg_s}."
    }
  }
}

# A round that fails is not tried again: the next minute's does the same. What nobody could do is kept.
resource "aws_lambda_function_event_invoke_config" "called_by_clock" {
  for_each = toset([for schedule in values(local.resources.schedules) : schedule.function])

  function_name                = local.made[each.key].function_name
  maximum_event_age_in_seconds = 60
  maximum_retry_attempts       = 0

  destination_config {
    on_failure {
      destination = aws_sqs_queue.dead_letters.arn
    }
  }
}

# --- the state machine

resource "aws_sfn_state_machine" "pipeline" {
  name     = "${var.name}-pipeline"
  type     = local.pipeline.type
  role_arn = var.roles["pipeline"]
  definition = templatefile(var.definition, {
    for place, function in local.pipeline.placeholders : place => local.made[function].arn
  })

  logging_configuration {
    level                  = coalesce(var.log_level, local.pipeline.log_level)
    include_execution_data = local.pipeline.log_execution_data
    log_destination        = "${var.pipeline_log_group_arn}:*"
  }

  tracing_configuration {
    enabled = var.tracing
  }

  tags = { Name = "${var.name}-pipeline" }
}

# --- what the clock calls

resource "aws_sqs_queue" "dead_letters" {
  name                      = "${var.name}-dead-letters"
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = true

  tags = { Name = "${var.name}-dead-letters" }
}

resource "aws_scheduler_schedule_group" "this" {
  name = var.name

  tags = { Name = var.name }
}

resource "aws_scheduler_schedule" "this" {
  for_each = local.resources.schedules

  name                = "${var.name}-${each.key}"
  group_name          = aws_scheduler_schedule_group.this.name
  description         = "Calls the ${each.value.function}: ${each.value.input.step}"
  schedule_expression = each.value.rate

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = local.made[each.value.function].arn
    role_arn = var.roles["scheduler"]
    input    = jsonencode(each.value.input)

    retry_policy {
      maximum_event_age_in_seconds = 60
      maximum_retry_attempts       = 1
    }

    dead_letter_config {
      arn = aws_sqs_queue.dead_letters.arn
    }
  }
}
