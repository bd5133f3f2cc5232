output "pool_id" {
  description = "The user pool."
  value       = aws_cognito_user_pool.this.id
}

output "client_id" {
  description = "The app's client."
  value       = aws_cognito_user_pool_client.web.id
}

output "issuer" {
  description = "Who signs tokens."
  value       = "https://cognito-idp.${var.region}.amazonaws.com/${aws_cognito_user_pool.this.id}"
}

output "jwks_url" {
  description = "The keys that tokens are signed with."
  value       = "https://cognito-idp.${var.region}.amazonaws.com/${aws_cognito_user_pool.this.id}/.well-known/jwks.json"
}

output "pages" {
  description = "Origin of the sign-in pages."
  value       = "https://${var.domain_prefix}.auth.${var.region}.amazoncognito.com"
}

output "api" {
  description = "Origin of Cognito's own API."
  value       = "https://cognito-idp.${var.region}.amazonaws.com"
}
