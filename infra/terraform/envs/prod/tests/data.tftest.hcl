mock_provider "aws" {
  source = "../../tests"
}

variables {
  name             = "omnigen-test"
  account          = "123456789012"
  secrets_prefix   = "omnigen/test/"
  public_url       = "https://video.example.com"
  distribution_arn = "arn:aws:cloudfront::123456789012:distribution/E1"
}

run "data" {
  command = plan

  module {
    source = "../../modules/data"
  }

  assert {
    condition = alltrue([for table in [aws_dynamodb_table.jobs, aws_dynamodb_table.usage] : (
      table.billing_mode == "PAY_PER_REQUEST" && table.point_in_time_recovery[0].enabled && table.deletion_protection_enabled &&
      table.ttl[0].enabled && table.ttl[0].attribute_name == "expires_at" && table.server_side_encryption[0].enabled &&
      table.hash_key == "pk" && table.range_key == "sk"
    )])
    error_message = "Tables are on demand, with PITR, TTL and deletion protection."
  }

  assert {
    condition = [for index in aws_dynamodb_table.jobs.global_secondary_index : [index.name, index.hash_key, index.range_key, index.projection_type]] == [
      ["sweep", "sweep", "sweep_at", "KEYS_ONLY"],
    ]
    error_message = "The sweeper's index is there."
  }

  assert {
    condition = { for name, bucket in aws_s3_bucket.this : name => bucket.bucket } == {
      assets = "omnigen-test-assets-123456789012", frontend = "omnigen-test-frontend-123456789012"
    }
    error_message = "There are two buckets: assets and frontend."
  }

  # --- never

  assert {
    condition = keys(aws_s3_bucket_public_access_block.this) == keys(aws_s3_bucket.this) && alltrue([
      for block in aws_s3_bucket_public_access_block.this :
      block.block_public_acls && block.block_public_policy && block.ignore_public_acls && block.restrict_public_buckets
    ])
    error_message = "No bucket is public."
  }

  assert {
    condition = keys(aws_s3_bucket_policy.this) == keys(aws_s3_bucket.this) && alltrue(flatten([
      for policy in aws_s3_bucket_policy.this : [
        for statement in jsondecode(policy.policy).Statement :
        jsonencode(statement.Principal) == "{\"Service\":\"cloudfront.amazonaws.com\"}" &&
        statement.Condition == { StringEquals = { "AWS:SourceArn" = var.distribution_arn } }
        if statement.Effect == "Allow"
      ]
    ]))
    error_message = "Nobody but our distribution is let into a bucket by its policy."
  }

  assert {
    condition = alltrue([for policy in aws_s3_bucket_policy.this : anytrue([
      for statement in jsondecode(policy.policy).Statement :
      statement.Effect == "Deny" && statement.Principal == "*" && statement.Condition == { Bool = { "aws:SecureTransport" = "false" } }
    ])])
    error_message = "No bucket is reached in plain HTTP."
  }

  assert {
    condition = keys(aws_s3_bucket_server_side_encryption_configuration.this) == keys(aws_s3_bucket.this) && alltrue([
      for encryption in aws_s3_bucket_server_side_encryption_configuration.this :
      one(one(encryption.rule).apply_server_side_encryption_by_default).sse_algorithm == "AES256"
    ])
    error_message = "Every bucket is encrypted."
  }

  assert {
    condition = keys(aws_s3_bucket_versioning.this) == keys(aws_s3_bucket.this) && alltrue([
      for versioning in aws_s3_bucket_versioning.this : versioning.versioning_configuration[0].status == "Enabled"
    ])
    error_message = "Every bucket is versioned."
  }

  assert {
    condition = keys(aws_s3_bucket_ownership_controls.this) == keys(aws_s3_bucket.this) && alltrue([
      for controls in aws_s3_bucket_ownership_controls.this : controls.rule[0].object_ownership == "BucketOwnerEnforced"
    ])
    error_message = "No bucket knows ACLs."
  }

  assert {
    condition     = !anytrue([for bucket in aws_s3_bucket.this : bucket.force_destroy])
    error_message = "What is protected is not destroyed with what is in it."
  }

  # --- how long things are kept, and who may write them from a page

  assert {
    condition = { for transition in aws_s3_bucket_lifecycle_configuration.assets.rule[0].transition : transition.storage_class => transition.days } == {
      STANDARD_IA = 30, GLACIER_IR = 90
    }
    error_message = "Assets move to IA after 30 days, and to Glacier IR after 90."
  }

  assert {
    condition = (
      aws_s3_bucket_lifecycle_configuration.assets.rule[0].expiration[0].days == 365 &&
      aws_s3_bucket_lifecycle_configuration.assets.rule[1].abort_incomplete_multipart_upload[0].days_after_initiation == 1 &&
      aws_s3_bucket_lifecycle_configuration.frontend.rule[0].abort_incomplete_multipart_upload[0].days_after_initiation == 1
    )
    error_message = "Assets expire after 365 days, uploads that nobody finished after one."
  }

  assert {
    condition     = one(aws_s3_bucket_cors_configuration.assets.cors_rule).allowed_origins == toset([var.public_url])
    error_message = "Only the site's own pages read and write assets."
  }

  assert {
    condition = toset([for secret in aws_secretsmanager_secret.this : secret.name]) == toset([
      "omnigen/test/replicate-token", "omnigen/test/replicate-webhook", "omnigen/test/cdn-private-key",
    ])
    error_message = "There is a secret for each of Replicate's key, its webhooks' and CloudFront's."
  }
}

run "data_refuses" {
  command = plan

  module {
    source = "../../modules/data"
  }

  variables {
    keep_replaced_days = 0
  }

  expect_failures = [var.keep_replaced_days]
}
