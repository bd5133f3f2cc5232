variable "name" {
  description = "What every name here begins with, such as omnigen-prod."
  type        = string
}

variable "region" {
  description = "AWS region, for the store's addresses in the page's policy."
  type        = string
}

variable "buckets" {
  description = "Names of the buckets, by their endings: assets, frontend."
  type        = map(string)
}

variable "bucket_domains" {
  description = "Regional domain names of the same."
  type        = map(string)
}

variable "load_balancer" {
  description = "Where the API is: the load balancer's ARN and address, and whether it speaks TLS."
  type = object({
    arn      = string
    dns_name = string
    tls      = bool
  })
}

variable "public_load_balancer" {
  description = "The load balancer is in public subnets, and knows us by a secret header; otherwise it is internal, and reached by a VPC origin."
  type        = bool
  default     = false
}

variable "origin_secret" {
  description = "What the header says where the load balancer is public."
  type        = string
  default     = null
  sensitive   = true
}

variable "asset_folders" {
  description = "Folders of the assets bucket that signed URLs lead into. The app's own files lie beside them below /assets/."
  type        = list(string)
}

variable "signing_keys" {
  description = "Public keys (PEM) whose private halves may sign URLs of assets, by names of yours. While one replaces another both are here. None: assets are read from S3 itself."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for key in values(var.signing_keys) : can(regex("^-----BEGIN PUBLIC KEY-----", key))])
    error_message = "signing_keys must be public keys in PEM: openssl rsa -in private.pem -pubout."
  }
}

variable "domain" {
  description = "A domain of one's own, such as video.example.com; null is CloudFront's."
  type        = string
  default     = null
}

variable "certificate_arn" {
  description = "Certificate for that domain, of ACM in us-east-1."
  type        = string
  default     = null

  validation {
    condition     = var.certificate_arn == null || can(regex("^arn:[a-z-]+:acm:us-east-1:", var.certificate_arn))
    error_message = "certificate_arn must be of ACM in us-east-1: CloudFront takes no other."
  }
}

variable "zone_id" {
  description = "Route 53 zone that the domain's records are made in; null makes none."
  type        = string
  default     = null
}

variable "price_class" {
  description = "Where the edges are: PriceClass_100 is North America, Europe and Israel."
  type        = string
  default     = "PriceClass_100"

  validation {
    condition     = contains(["PriceClass_100", "PriceClass_200", "PriceClass_All"], var.price_class)
    error_message = "price_class must be PriceClass_100, PriceClass_200 or PriceClass_All."
  }
}

variable "firewall" {
  description = "A web application firewall with AWS's common rules and a bound on each address: from $7 a month and $0.60 a million requests."
  type        = bool
  default     = false
}

variable "requests_per_address" {
  description = "Requests of one address within five minutes above which the firewall refuses it."
  type        = number
  default     = 6000

  validation {
    condition     = var.requests_per_address >= 100
    error_message = "requests_per_address must be 100 or more."
  }
}

variable "identity_origins" {
  description = "Origins that the app asks when somebody signs in: Cognito's API, which is the issuer's, and the sign-in pages'."
  type        = list(string)
}

variable "identity" {
  description = "What the app is told of signing in: issuer, client, origins of the pages and of Cognito's API."
  type = object({
    issuer    = string
    client_id = string
    pages     = string
    api       = string
  })
}
