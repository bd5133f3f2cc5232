locals {
  # What there is and who may do what: the emulator reads the same file. Read here, not handed in: so `validate` sees it too.
  resources = jsondecode(file("${path.module}/../../../resources.json"))

  tables = local.resources.tables
  assets = local.resources.buckets.assets
  buckets = {
    assets   = "${var.name}-assets-${var.account}"
    frontend = "${var.name}-frontend-${var.account}"
  }
}

# --- tables

resource "aws_dynamodb_table" "jobs" {
  name                        = "${var.name}-jobs"
  billing_mode                = local.tables.jobs.billing_mode
  hash_key                    = local.tables.jobs.hash_key
  range_key                   = local.tables.jobs.range_key
  deletion_protection_enabled = var.protected && local.tables.jobs.deletion_protection

  dynamic "attribute" {
    for_each = local.tables.jobs.attributes

    content {
      name = attribute.key
      type = attribute.value
    }
  }

  dynamic "global_secondary_index" {
    for_each = local.tables.jobs.global_secondary_indexes

    content {
      name            = global_secondary_index.key
      hash_key        = global_secondary_index.value.hash_key
      range_key       = global_secondary_index.value.range_key
      projection_type = global_secondary_index.value.projection_type
    }
  }

  ttl {
    attribute_name = local.tables.jobs.ttl_attribute
    enabled        = true
  }

  point_in_time_recovery {
    enabled = local.tables.jobs.point_in_time_recovery
  }

  server_side_encryption {
    enabled = true
  }

  tags = { Name = "${var.name}-jobs" }
}

resource "aws_dynamodb_table" "usage" {
  name                        = "${var.name}-usage"
  billing_mode                = local.tables.usage.billing_mode
  hash_key                    = local.tables.usage.hash_key
  range_key                   = local.tables.usage.range_key
  deletion_protection_enabled = var.protected && local.tables.usage.deletion_protection

  dynamic "attribute" {
    for_each = local.tables.usage.attributes

    content {
      name = attribute.key
      type = attribute.value
    }
  }

  ttl {
    attribute_name = local.tables.usage.ttl_attribute
    enabled        = true
  }

  point_in_time_recovery {
    enabled = local.tables.usage.point_in_time_recovery
  }

  server_side_encryption {
    enabled = true
  }

  tags = { Name = "${var.name}-usage" }
}

# --- buckets: private, encrypted, versioned

resource "aws_s3_bucket" "this" {
  for_each = local.buckets

  bucket        = each.value
  force_destroy = !var.protected

  tags = { Name = each.value }
}

resource "aws_s3_bucket_public_access_block" "this" {
  for_each = aws_s3_bucket.this

  bucket                  = each.value.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_versioning" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "assets" {
  bucket = aws_s3_bucket.this["assets"].id

  rule {
    id     = "age"
    status = "Enabled"

    filter {}

    transition {
      days          = local.assets.infrequent_access_after_days
      storage_class = "STANDARD_IA"
    }

    transition {
      days          = local.assets.glacier_ir_after_days
      storage_class = "GLACIER_IR"
    }

    expiration {
      days = local.assets.expire_after_days
    }

    noncurrent_version_expiration {
      noncurrent_days = var.keep_replaced_days
    }
  }

  rule {
    id     = "unfinished-uploads"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = local.assets.abort_uploads_after_days
    }
  }

  depends_on = [aws_s3_bucket_versioning.this]
}

resource "aws_s3_bucket_lifecycle_configuration" "frontend" {
  bucket = aws_s3_bucket.this["frontend"].id

  rule {
    id     = "replaced"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days           = 30
      newer_noncurrent_versions = 5
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }

  depends_on = [aws_s3_bucket_versioning.this]
}

resource "aws_s3_bucket_cors_configuration" "assets" {
  bucket = aws_s3_bucket.this["assets"].id

  cors_rule {
    allowed_origins = [var.public_url]
    allowed_methods = local.assets.cors_methods
    allowed_headers = ["*"]
    expose_headers  = local.assets.cors_expose_headers
    max_age_seconds = 3600
  }
}

resource "aws_s3_bucket_policy" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "OnlyEncryptedLines"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"
        Resource  = ["arn:${var.partition}:s3:::${local.buckets[each.key]}", "arn:${var.partition}:s3:::${local.buckets[each.key]}/*"]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
      {
        Sid       = "OurDistributionReads"
        Effect    = "Allow"
        Principal = { Service = "cloudfront.amazonaws.com" }
        Action    = "s3:GetObject"
        Resource  = "arn:${var.partition}:s3:::${local.buckets[each.key]}/*"
        Condition = { StringEquals = { "AWS:SourceArn" = var.distribution_arn } }
      },
      # Without it S3 calls what isn't there forbidden. Nothing is ever listed: the distribution forwards no queries, and
      # its function gives every address a key.
      {
        Sid       = "OurDistributionTellsAbsentFromForbidden"
        Effect    = "Allow"
        Principal = { Service = "cloudfront.amazonaws.com" }
        Action    = "s3:ListBucket"
        Resource  = "arn:${var.partition}:s3:::${local.buckets[each.key]}"
        Condition = { StringEquals = { "AWS:SourceArn" = var.distribution_arn } }
      },
    ]
  })

  depends_on = [aws_s3_bucket_public_access_block.this]
}

# --- secrets: what is in them never passes through Terraform, or its state would have it

resource "aws_secretsmanager_secret" "this" {
  for_each = local.resources.secrets

  name                    = "${var.secrets_prefix}${each.key}"
  description             = each.value.description
  recovery_window_in_days = var.protected ? 30 : 7

  tags = { Name = "${var.secrets_prefix}${each.key}" }
}
