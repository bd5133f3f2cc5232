# What an account has once, before any environment: where states are kept, where images are kept, and who may come from GitHub.

provider "aws" {
  region = var.region

  default_tags {
    tags = { Project = "omnigen", Stack = "omnigen-bootstrap", ManagedBy = "terraform" }
  }
}

data "aws_caller_identity" "here" {}

data "aws_partition" "here" {}

locals {
  account      = data.aws_caller_identity.here.account_id
  arn          = "arn:${data.aws_partition.here.partition}"
  environments = toset(["dev", "prod"])
  repositories = toset(["omnigen-api", "omnigen-composer"])
  state        = "omnigen-state-${local.account}"
}

# --- states

resource "aws_s3_bucket" "state" {
  bucket = local.state

  tags = { Name = local.state }

  lifecycle {
    prevent_destroy = true
  }
}

# A state that was spoilt can be had back.
resource "aws_s3_bucket_versioning" "state" {
  bucket = aws_s3_bucket.state.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "state" {
  bucket = aws_s3_bucket.state.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_public_access_block" "state" {
  bucket                  = aws_s3_bucket.state.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "state" {
  bucket = aws_s3_bucket.state.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "state" {
  bucket = aws_s3_bucket.state.id

  rule {
    id     = "replaced"
    status = "Enabled"

    filter {}

    # Of locks that were let go.
    expiration {
      expired_object_delete_marker = true
    }

    noncurrent_version_expiration {
      noncurrent_days           = 365
      newer_noncurrent_versions = 20
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }

  depends_on = [aws_s3_bucket_versioning.state]
}

resource "aws_s3_bucket_policy" "state" {
  bucket = aws_s3_bucket.state.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OnlyEncryptedLines"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = ["${local.arn}:s3:::${local.state}", "${local.arn}:s3:::${local.state}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })

  depends_on = [aws_s3_bucket_public_access_block.state]
}

# --- images: one repository for all environments, so that prod runs the very image that dev has tried

resource "aws_ecr_repository" "this" {
  for_each = local.repositories

  name                 = each.key
  image_tag_mutability = "IMMUTABLE"

  image_scanning_configuration {
    scan_on_push = true
  }

  encryption_configuration {
    encryption_type = "AES256"
  }

  tags = { Name = each.key }
}

resource "aws_ecr_lifecycle_policy" "this" {
  for_each = aws_ecr_repository.this

  repository = each.value.name
  policy = jsonencode({
    rules = [
      {
        rulePriority = 1
        description  = "What a push that failed has left"
        selection    = { tagStatus = "untagged", countType = "sinceImagePushed", countUnit = "days", countNumber = 7 }
        action       = { type = "expire" }
      },
      {
        rulePriority = 2
        description  = "Old ones"
        selection    = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = var.keep_images }
        action       = { type = "expire" }
      },
    ]
  })
}

# Lambda itself pulls an image, and again when it has not been called for weeks.
resource "aws_ecr_repository_policy" "composer" {
  repository = aws_ecr_repository.this["omnigen-composer"].name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OurFunctions"
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
      Condition = {
        StringEquals = { "aws:SourceAccount" = local.account }
        ArnLike      = { "aws:SourceArn" = "${local.arn}:lambda:${var.region}:${local.account}:function:omnigen-*" }
      }
    }]
  })
}
