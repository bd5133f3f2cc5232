output "tables" {
  description = "Names of the tables, by their endings."
  value       = { jobs = aws_dynamodb_table.jobs.name, usage = aws_dynamodb_table.usage.name }
}

output "buckets" {
  description = "Names of the buckets, by their endings."
  value       = { for name, bucket in aws_s3_bucket.this : name => bucket.bucket }
}

output "bucket_domains" {
  description = "Regional domain names of the buckets, as origins."
  value       = { for name, bucket in aws_s3_bucket.this : name => bucket.bucket_regional_domain_name }
}

output "secrets" {
  description = "Names of the secrets, by their endings."
  value       = { for name, secret in aws_secretsmanager_secret.this : name => secret.name }
}
