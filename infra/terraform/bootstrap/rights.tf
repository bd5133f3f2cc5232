# What GitHub's roles may do, and what no role that they make may exceed. Names are those of modules/: omnigen-ENVIRONMENT-...
# What has no name of its own (a VPC, a distribution, a user pool) is named by its service only.

locals {
  at = "${var.region}:${local.account}"
  # Of its name: what it bounds can be read off the plan.
  boundary = "${local.arn}:iam::${local.account}:policy/omnigen-boundary"

  # Configuration, which a plan compares. No item, object, log line, message, user or secret.
  reads = [
    {
      Sid = "State", Effect = "Allow", Action = ["s3:ListBucket", "s3:GetObject"]
      Resource = concat(
        ["${local.arn}:s3:::${local.state}"],
        [for environment in local.environments : "${local.arn}:s3:::${local.state}/${environment}/terraform.tfstate"],
      )
    },
    {
      Sid = "Reads", Effect = "Allow", Resource = ["*"]
      Action = [
        "application-autoscaling:Describe*", "application-autoscaling:ListTagsForResource",
        "budgets:ListTagsForResource", "budgets:ViewBudget",
        "cloudfront:Describe*", "cloudfront:Get*", "cloudfront:List*",
        "cloudwatch:DescribeAlarms", "cloudwatch:GetDashboard", "cloudwatch:ListTagsForResource",
        "cognito-idp:Describe*", "cognito-idp:GetGroup", "cognito-idp:GetUserPoolMfaConfig", "cognito-idp:ListTagsForResource",
        "dynamodb:Describe*", "dynamodb:ListTagsOfResource",
        "ec2:Describe*", "ec2:GetManagedPrefixListEntries",
        "ecs:Describe*", "ecs:ListTagsForResource",
        "elasticloadbalancing:Describe*",
        "lambda:GetFunction*", "lambda:GetPolicy", "lambda:ListTags", "lambda:ListVersionsByFunction",
        "logs:DescribeLogGroups", "logs:ListTagsForResource",
        "route53:GetChange", "route53:GetHostedZone", "route53:ListHostedZones", "route53:ListResourceRecordSets",
        "scheduler:GetSchedule", "scheduler:GetScheduleGroup", "scheduler:ListTagsForResource",
        "secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy",
        "sns:Get*", "sns:ListSubscriptionsByTopic", "sns:ListTagsForResource",
        "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ListQueueTags",
        "states:DescribeStateMachine", "states:ListStateMachineVersions", "states:ListTagsForResource", "states:ValidateStateMachineDefinition",
        "wafv2:GetWebACL", "wafv2:ListTagsForResource",
      ]
    },
    {
      Sid      = "ReadsBuckets", Effect = "Allow"
      Action   = ["s3:GetBucket*", "s3:GetAccelerateConfiguration", "s3:GetEncryptionConfiguration", "s3:GetLifecycleConfiguration", "s3:GetReplicationConfiguration", "s3:ListBucket"]
      Resource = [for environment in local.environments : "${local.arn}:s3:::omnigen-${environment}-*"]
    },
    {
      Sid      = "ReadsTheAppsConfiguration", Effect = "Allow", Action = ["s3:GetObject", "s3:GetObjectTagging"]
      Resource = [for environment in local.environments : "${local.arn}:s3:::omnigen-${environment}-frontend-${local.account}/config.json"]
    },
    {
      Sid      = "ReadsRoles", Effect = "Allow", Action = ["iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies"]
      Resource = [for environment in local.environments : "${local.arn}:iam::${local.account}:role/omnigen-${environment}-*"]
    },
  ]

  # What an apply makes, changes and takes away in one environment, by name where it has one. No item of a table, no secret's
  # value, no line of a log.
  named = {
    for environment in local.environments : environment => {
      Alarms = {
        actions   = ["cloudwatch:DeleteAlarms", "cloudwatch:PutMetricAlarm", "cloudwatch:TagResource", "cloudwatch:UntagResource"]
        resources = ["cloudwatch:${local.at}:alarm:omnigen-${environment}-*"]
      }
      Dashboard = {
        actions   = ["cloudwatch:DeleteDashboards", "cloudwatch:PutDashboard"]
        resources = ["cloudwatch::${local.account}:dashboard/omnigen-${environment}"]
      }
      Tables = {
        actions = [
          "dynamodb:CreateTable", "dynamodb:DeleteTable", "dynamodb:TagResource", "dynamodb:UntagResource", "dynamodb:UpdateContinuousBackups",
          "dynamodb:UpdateTable", "dynamodb:UpdateTimeToLive",
        ]
        resources = ["dynamodb:${local.at}:table/omnigen-${environment}-*"]
      }
      Cluster = {
        actions   = ["ecs:DeleteCluster", "ecs:UpdateCluster", "ecs:UpdateClusterSettings"]
        resources = ["ecs:${local.at}:cluster/omnigen-${environment}"]
      }
      Service = {
        actions   = ["ecs:CreateService", "ecs:DeleteService", "ecs:UpdateService"]
        resources = ["ecs:${local.at}:service/omnigen-${environment}/*"]
      }
      TaskDefinition = {
        actions   = ["ecs:RegisterTaskDefinition"]
        resources = ["ecs:${local.at}:task-definition/omnigen-${environment}-*"]
      }
      TagsOfEcs = {
        actions = ["ecs:TagResource", "ecs:UntagResource"]
        resources = [
          "ecs:${local.at}:cluster/omnigen-${environment}", "ecs:${local.at}:service/omnigen-${environment}/*",
          "ecs:${local.at}:task-definition/omnigen-${environment}-*",
        ]
      }
      LoadBalancer = {
        actions = [
          "elasticloadbalancing:AddTags", "elasticloadbalancing:CreateListener", "elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:CreateRule",
          "elasticloadbalancing:CreateTargetGroup", "elasticloadbalancing:DeleteListener", "elasticloadbalancing:DeleteLoadBalancer",
          "elasticloadbalancing:DeleteRule", "elasticloadbalancing:DeleteTargetGroup", "elasticloadbalancing:ModifyListener",
          "elasticloadbalancing:ModifyListenerAttributes", "elasticloadbalancing:ModifyLoadBalancerAttributes", "elasticloadbalancing:ModifyRule",
          "elasticloadbalancing:ModifyTargetGroup", "elasticloadbalancing:ModifyTargetGroupAttributes", "elasticloadbalancing:RemoveTags",
          "elasticloadbalancing:SetRulePriorities", "elasticloadbalancing:SetSecurityGroups", "elasticloadbalancing:SetSubnets",
        ]
        resources = [
          for kind in ["listener-rule/*/", "listener/*/", "loadbalancer/*/", "loadbalancer/", "targetgroup/"] :
          "elasticloadbalancing:${local.at}:${kind}omnigen-${environment}-*"
        ]
      }
      Functions = {
        actions = [
          "lambda:CreateFunction", "lambda:DeleteFunction", "lambda:DeleteFunctionConcurrency", "lambda:DeleteFunctionEventInvokeConfig",
          "lambda:PutFunctionConcurrency", "lambda:PutFunctionEventInvokeConfig", "lambda:TagResource", "lambda:UntagResource",
          "lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration", "lambda:UpdateFunctionEventInvokeConfig",
        ]
        resources = ["lambda:${local.at}:function:omnigen-${environment}-*"]
      }
      LogGroups = {
        actions = [
          "logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:DeleteRetentionPolicy", "logs:PutRetentionPolicy", "logs:TagResource", "logs:UntagResource",
        ]
        resources = ["logs:${local.at}:log-group:/*/omnigen-${environment}*"]
      }
      Buckets = {
        actions = [
          "s3:CreateBucket", "s3:DeleteBucket", "s3:DeleteBucketPolicy", "s3:ListBucketVersions", "s3:PutBucketCORS", "s3:PutBucketOwnershipControls",
          "s3:PutBucketPolicy", "s3:PutBucketPublicAccessBlock", "s3:PutBucketTagging", "s3:PutBucketVersioning", "s3:PutEncryptionConfiguration",
          "s3:PutLifecycleConfiguration",
        ]
        resources = ["s3:::omnigen-${environment}-*"]
      }
      # Whoever writes a bucket's policy can give himself what is in it: so it says so here. An empty bucket is all that can be
      # deleted, hence the deleting; the app's configuration is an object.
      Objects = {
        actions = [
          "s3:DeleteObject", "s3:DeleteObjectVersion", "s3:GetObject", "s3:PutObject", "s3:PutObjectTagging",
        ]
        resources = ["s3:::omnigen-${environment}-*"]
      }
      Schedules = {
        actions   = ["scheduler:CreateSchedule", "scheduler:DeleteSchedule", "scheduler:UpdateSchedule"]
        resources = ["scheduler:${local.at}:schedule/omnigen-${environment}/*"]
      }
      ScheduleGroup = {
        actions   = ["scheduler:CreateScheduleGroup", "scheduler:DeleteScheduleGroup", "scheduler:TagResource", "scheduler:UntagResource"]
        resources = ["scheduler:${local.at}:schedule-group/omnigen-${environment}"]
      }
      Secrets = {
        actions = [
          "secretsmanager:CreateSecret", "secretsmanager:DeleteSecret", "secretsmanager:RestoreSecret", "secretsmanager:TagResource",
          "secretsmanager:UntagResource", "secretsmanager:UpdateSecret",
        ]
        resources = ["secretsmanager:${local.at}:secret:omnigen/${environment}/*"]
      }
      Topic = {
        actions   = ["sns:CreateTopic", "sns:DeleteTopic", "sns:SetTopicAttributes", "sns:Subscribe", "sns:TagResource", "sns:UntagResource"]
        resources = ["sns:${local.at}:omnigen-${environment}-*"]
      }
      Queue = {
        actions   = ["sqs:CreateQueue", "sqs:DeleteQueue", "sqs:SetQueueAttributes", "sqs:TagQueue", "sqs:UntagQueue"]
        resources = ["sqs:${local.at}:omnigen-${environment}-*"]
      }
      StateMachine = {
        actions   = ["states:CreateStateMachine", "states:DeleteStateMachine", "states:TagResource", "states:UntagResource", "states:UpdateStateMachine"]
        resources = ["states:${local.at}:stateMachine:omnigen-${environment}-*"]
      }
      ComposersImage = {
        actions   = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:GetRepositoryPolicy"]
        resources = ["ecr:${local.at}:repository/omnigen-composer"]
      }
      State = {
        actions   = ["s3:PutObject"]
        resources = ["s3:::${local.state}/${environment}/terraform.tfstate"]
      }
      Lock = {
        actions   = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
        resources = ["s3:::${local.state}/${environment}/terraform.tfstate.tflock"]
      }
      Roles = {
        actions = [
          "iam:DeleteRole", "iam:ListInstanceProfilesForRole", "iam:TagRole", "iam:UntagRole", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole",
          "iam:UpdateRoleDescription",
        ]
        resources = ["iam::${local.account}:role/omnigen-${environment}-*"]
      }
    }
  }

  changes = {
    for environment in local.environments : environment => concat(
      [
        for what, right in local.named[environment] :
        { Sid = "Changes${what}", Effect = "Allow", Action = right.actions, Resource = [for resource in right.resources : "${local.arn}:${resource}"] }
      ],
      [
        {
          Sid = "ChangesWhatHasNoName", Effect = "Allow", Resource = ["*"]
          Action = [
            "application-autoscaling:*ScalableTarget", "application-autoscaling:*ScalingPolicy", "application-autoscaling:TagResource",
            "application-autoscaling:UntagResource", "budgets:ModifyBudget", "budgets:TagResource", "budgets:UntagResource", "cloudfront:Create*",
            "cloudfront:Delete*", "cloudfront:PublishFunction", "cloudfront:TagResource", "cloudfront:UntagResource", "cloudfront:Update*",
            "cognito-idp:*Group", "cognito-idp:*UserPool", "cognito-idp:*UserPoolClient", "cognito-idp:*UserPoolDomain",
            "cognito-idp:SetUserPoolMfaConfig", "cognito-idp:TagResource", "cognito-idp:UntagResource", "ec2:*Address*", "ec2:*FlowLogs",
            "ec2:*InternetGateway", "ec2:*NatGateway", "ec2:*NetworkInterface", "ec2:*Route", "ec2:*RouteTable*", "ec2:*SecurityGroup*", "ec2:*Subnet*",
            "ec2:*Tags", "ec2:*Vpc", "ec2:*VpcAttribute", "ec2:*VpcEndpoint*", "ecs:CreateCluster", "ecs:DeregisterTaskDefinition", "logs:*LogDelivery",
            "logs:*ResourcePolicy", "logs:DescribeResourcePolicies", "logs:ListLogDeliveries", "route53:ChangeResourceRecordSets",
            "sns:SetSubscriptionAttributes", "sns:Unsubscribe", "wafv2:*WebACL", "wafv2:TagResource", "wafv2:UntagResource",
          ]
        },
        # Roles only within the boundary, which it may neither change nor take off; nor may it change what it is itself.
        {
          Sid       = "RolesWithinTheBoundary", Effect = "Allow"
          Action    = ["iam:CreateRole", "iam:DeleteRolePolicy", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"]
          Resource  = ["${local.arn}:iam::${local.account}:role/omnigen-${environment}-*"]
          Condition = { ArnEquals = { "iam:PermissionsBoundary" = local.boundary } }
        },
        {
          Sid      = "HandsRolesOver", Effect = "Allow", Action = ["iam:PassRole"]
          Resource = ["${local.arn}:iam::${local.account}:role/omnigen-${environment}-*"]
          Condition = { StringEquals = { "iam:PassedToService" = [
            "ecs-tasks.amazonaws.com", "lambda.amazonaws.com", "scheduler.amazonaws.com", "states.amazonaws.com", "vpc-flow-logs.amazonaws.com",
          ] } }
        },
        {
          Sid      = "ServicesOwnRoles", Effect = "Allow", Action = ["iam:CreateServiceLinkedRole"]
          Resource = ["${local.arn}:iam::${local.account}:role/aws-service-role/*"]
          Condition = { StringEquals = { "iam:AWSServiceName" = [
            "ecs.amazonaws.com", "ecs.application-autoscaling.amazonaws.com", "elasticloadbalancing.amazonaws.com", "vpcorigin.cloudfront.amazonaws.com",
          ] } }
        },
      ],
    )
  }
}

# Whoever may make roles could make one that may do everything. Not with this: a role made here can do no more than OmniGen's
# parts do, whatever its own policy says. docs/DEPLOY.md says what each of them does.
resource "aws_iam_policy" "boundary" {
  name        = "omnigen-boundary"
  description = "What no role of OmniGen may exceed"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid = "WhatPartsDo", Effect = "Allow"
        Action = [
          "dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem",
          "dynamodb:Query", "dynamodb:UpdateItem", "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:CompleteLayerUpload", "ecr:DescribeImages", "ecr:GetDownloadUrlForLayer", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart", "ecs:DescribeServices", "ecs:RegisterTaskDefinition", "ecs:TagResource", "ecs:UpdateService", "lambda:GetFunction", "lambda:GetFunctionConfiguration",
          "lambda:InvokeFunction", "lambda:UpdateFunctionCode", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents",
          "s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:PutObject", "secretsmanager:GetSecretValue",
          "sqs:SendMessage", "states:StartExecution",
        ]
        Resource = concat(
          [
            for named in [
              "dynamodb:${local.at}:table/", "ecr:${local.at}:repository/", "ecs:${local.at}:service/", "ecs:${local.at}:task-definition/",
              "lambda:${local.at}:function:", "logs:${local.at}:log-group:/*/", "s3:::", "sqs:${local.at}:", "states:${local.at}:stateMachine:",
            ] : "${local.arn}:${named}omnigen-*"
          ],
          ["${local.arn}:secretsmanager:${local.at}:secret:omnigen/*"],
        )
      },
      {
        Sid = "WhatHasNoNames", Effect = "Allow", Resource = ["*"]
        Action = [
          "cloudfront:CreateInvalidation", "cloudfront:GetInvalidation", "ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface",
          "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:UnassignPrivateIpAddresses",
          "ecr:GetAuthorizationToken", "ecs:DescribeTaskDefinition", "logs:*LogDelivery", "logs:DescribeLogGroups", "logs:DescribeResourcePolicies",
          "logs:ListLogDeliveries", "logs:PutResourcePolicy", "xray:PutTelemetryRecords", "xray:PutTraceSegments",
        ]
      },
      {
        Sid       = "HandsTasksTheirRoles", Effect = "Allow", Action = ["iam:PassRole"]
        Resource  = ["${local.arn}:iam::${local.account}:role/omnigen-*"]
        Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
      },
      # States are Terraform's alone, and named like the rest.
      { Sid = "NoStates", Effect = "Deny", Action = ["s3:*"], Resource = ["${local.arn}:s3:::${local.state}", "${local.arn}:s3:::${local.state}/*"] },
    ]
  })

  tags = { Name = "omnigen-boundary" }
}
