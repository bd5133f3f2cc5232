# One role a task, each with the rights that infra/resources.json gives it. ARNs are made of names, not of other resources'
# attributes: that keeps roles out of every circle, and every right can be read off the plan.

locals {
  # What there is and who may do what: the emulator reads the same file. Read here, not handed in: so `validate` sees it too.
  resources = jsondecode(file("${path.module}/../../../resources.json"))

  rights    = local.resources.rights
  functions = local.resources.functions
  api       = local.resources.services.api

  arn = "arn:${var.place.partition}"
  at  = "${var.place.region}:${var.place.account}"

  table    = { for name in keys(local.resources.tables) : name => "${local.arn}:dynamodb:${local.at}:table/${var.name}-${name}" }
  bucket   = { for name in ["assets", "frontend"] : name => "${local.arn}:s3:::${var.name}-${name}-${var.place.account}" }
  secret   = { for name in keys(local.resources.secrets) : name => "${local.arn}:secretsmanager:${local.at}:secret:${var.secrets_prefix}${name}-??????" }
  function = { for name in keys(local.functions) : name => "${local.arn}:lambda:${local.at}:function:${var.name}-${name}" }
  machine  = { for name in keys(local.resources.state_machines) : name => "${local.arn}:states:${local.at}:stateMachine:${var.name}-${name}" }
  image    = { for name, repository in var.repositories : name => "${local.arn}:ecr:${local.at}:repository/${repository}" }
  queue    = "${local.arn}:sqs:${local.at}:${var.name}-dead-letters"
  logs     = "${local.arn}:logs:${local.at}:log-group"

  # What a part may do to tables, buckets, secrets, functions and state machines.
  parts = merge(local.functions, { api = local.api })
  rights_of = {
    for part, told in local.parts : part => [
      for statement in [
        {
          Sid      = "Tables", Action = local.rights.tables
          Resource = flatten([for name in told.tables : [local.table[name], "${local.table[name]}/index/*"]])
        },
        # Without the right to list, S3 says 403 of whatever isn't there, which proves nothing (adapters/aws/s3_errors.py).
        { Sid = "Buckets", Action = local.rights.buckets, Resource = [for name in told.buckets : local.bucket[name]] },
        { Sid = "Objects", Action = local.rights.objects, Resource = [for name in told.buckets : "${local.bucket[name]}/*"] },
        { Sid = "Secrets", Action = local.rights.secrets, Resource = [for name in told.secrets : local.secret[name]] },
        { Sid = "Invokes", Action = local.rights.invokes, Resource = [for name in told.invokes : local.function[name]] },
        { Sid = "Starts", Action = local.rights.starts, Resource = [for name in told.starts : local.machine[name]] },
      ] : merge(statement, { Effect = "Allow" }) if length(statement.Resource) > 0
    ]
  }

  traces = var.tracing ? [{
    Sid = "Traces", Effect = "Allow", Action = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], Resource = ["*"]
  }] : []

  # What Lambda itself does in a function's name. EC2 knows no narrower resource for a network interface that isn't there yet.
  lambda_base = {
    for name in keys(local.functions) : name => concat([
      {
        Sid      = "Logs", Effect = "Allow", Action = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = ["${local.logs}:/aws/lambda/${var.name}-${name}:*"]
      },
      {
        Sid    = "Network", Effect = "Allow", Resource = ["*"]
        Action = ["ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:UnassignPrivateIpAddresses"]
      },
    ], local.traces)
  }

  called_by_clock = toset([for schedule in values(local.resources.schedules) : schedule.function])

  roles = merge(
    {
      for name in keys(local.functions) : name => {
        why = "Lambda ${name}", service = "lambda.amazonaws.com", source = null
        statements = concat(local.lambda_base[name], local.rights_of[name], contains(local.called_by_clock, name) ? [
          { Sid = "DeadLetters", Effect = "Allow", Action = ["sqs:SendMessage"], Resource = [local.queue] },
        ] : [])
      }
    },
    {
      api = {
        why        = "The API's tasks", service = "ecs-tasks.amazonaws.com", source = "${local.arn}:ecs:${local.at}:*"
        statements = local.rights_of["api"]
      }
      execution = {
        why = "ECS: pulls the API's image, writes its log", service = "ecs-tasks.amazonaws.com", source = "${local.arn}:ecs:${local.at}:*"
        statements = [
          { Sid = "Registry", Effect = "Allow", Action = ["ecr:GetAuthorizationToken"], Resource = ["*"] },
          { Sid = "Image", Effect = "Allow", Action = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], Resource = [local.image["api"]] },
          { Sid = "Logs", Effect = "Allow", Action = ["logs:CreateLogStream", "logs:PutLogEvents"], Resource = ["${local.logs}:/ecs/${var.name}-api:*"] },
        ]
      }
      pipeline = {
        why = "Step Functions: calls functions, starts its own next leg", service = "states.amazonaws.com", source = local.machine["pipeline"]
        statements = concat([
          {
            Sid      = "Invokes", Effect = "Allow", Action = local.rights.invokes
            Resource = [for name in values(local.resources.state_machines.pipeline.placeholders) : local.function[name]]
          },
          { Sid = "Starts", Effect = "Allow", Action = local.rights.starts, Resource = [local.machine["pipeline"]] },
          # Vended logs know no narrower resource.
          {
            Sid = "Logs", Effect = "Allow", Resource = ["*"]
            Action = [
              "logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteLogDelivery", "logs:ListLogDeliveries",
              "logs:PutResourcePolicy", "logs:DescribeResourcePolicies", "logs:DescribeLogGroups",
            ]
          },
        ], local.traces)
      }
      scheduler = {
        why    = "EventBridge Scheduler: calls the sweeper", service = "scheduler.amazonaws.com"
        source = "${local.arn}:scheduler:${local.at}:schedule-group/${var.name}"
        statements = [
          { Sid = "Invokes", Effect = "Allow", Action = local.rights.invokes, Resource = [for name in local.called_by_clock : local.function[name]] },
          { Sid = "DeadLetters", Effect = "Allow", Action = ["sqs:SendMessage"], Resource = [local.queue] },
        ]
      }
    },
    var.flow_logs ? {
      flow = {
        why = "The VPC: writes flow logs", service = "vpc-flow-logs.amazonaws.com", source = "${local.arn}:ec2:${local.at}:vpc-flow-log/*"
        statements = [
          { Sid = "Logs", Effect = "Allow", Action = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"], Resource = ["${local.logs}:/aws/vpc/${var.name}:*"] },
          { Sid = "Looks", Effect = "Allow", Action = ["logs:DescribeLogGroups"], Resource = ["*"] },
        ]
      }
    } : {},
  )
}

resource "aws_iam_role" "this" {
  for_each = local.roles

  name                 = "${var.name}-${each.key}"
  description          = each.value.why
  permissions_boundary = var.permissions_boundary_arn
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [merge(
      { Effect = "Allow", Principal = { Service = each.value.service }, Action = "sts:AssumeRole" },
      # In our account's name only. Lambda says no source when it assumes a role.
      each.value.source == null ? {} : {
        Condition = {
          StringEquals = { "aws:SourceAccount" = var.place.account }
          ArnLike      = { "aws:SourceArn" = each.value.source }
        }
      },
    )]
  })

  tags = { Name = "${var.name}-${each.key}" }
}

resource "aws_iam_role_policy" "this" {
  for_each = local.roles

  name   = "rights"
  role   = aws_iam_role.this[each.key].name
  policy = jsonencode({ Version = "2012-10-17", Statement = each.value.statements })
}
