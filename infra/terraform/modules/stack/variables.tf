variable "environment" {
  description = "Which OmniGen this is, such as dev or prod: every name has it."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,7}$", var.environment))
    error_message = "environment must be two to eight lower-case letters and digits: a load balancer's name has 32."
  }
}

variable "protected" {
  description = "Refuse to delete what can't be had back: tables, buckets, accounts, load balancer."
  type        = bool
}

variable "zip" {
  description = "The zip of the functions without FFmpeg, made by `make lambda-zip`."
  type        = string
}

variable "images" {
  description = "Images by their digests, for what is made now: api, composer. Null is the tag first of the repository. Later on the pipeline delivers."
  type        = object({ api = optional(string), composer = optional(string) })
  default     = {}
}

variable "repositories" {
  description = "Names of the ECR repositories."
  type        = object({ api = string, composer = string })
  default     = { api = "omnigen-api", composer = "omnigen-composer" }
}

variable "architecture" {
  description = "What images and zip are built for: arm64 or x86_64."
  type        = string
  default     = "arm64"
}

variable "nat_per_zone" {
  description = "One NAT gateway per zone instead of one for all."
  type        = bool
  default     = false
}

variable "ecr_endpoints" {
  description = "Interface endpoints for ECR; the module network says when they pay."
  type        = bool
  default     = false
}

variable "flow_logs" {
  description = "Keep what the VPC refuses."
  type        = bool
  default     = false
}

variable "public_load_balancer" {
  description = "Reach the API by a public load balancer with a secret header instead of a VPC origin."
  type        = bool
  default     = false
}

variable "origin_secret" {
  description = "That header's text, 32 characters or more."
  type        = string
  default     = null
  sensitive   = true
}

variable "origin_certificate_arn" {
  description = "Certificate of the load balancer, in its own region, for the domain; null is plain HTTP between CloudFront and the load balancer."
  type        = string
  default     = null
}

variable "domain" {
  description = "A domain of one's own with its certificate (ACM, us-east-1) and, where its records are to be made, its Route 53 zone. Null is CloudFront's."
  type = object({
    name            = string
    certificate_arn = string
    zone_id         = optional(string)
  })
  default = null
}

variable "signing_keys" {
  description = "Public keys (PEM) for signed URLs of assets, by names of yours; none: assets are read from S3 itself."
  type        = map(string)
  default     = {}
}

variable "signing_key" {
  description = "Which of them the private key in the secret cdn-private-key belongs to."
  type        = string
  default     = null
}

variable "price_class" {
  description = "Where CloudFront's edges are."
  type        = string
  default     = "PriceClass_100"
}

variable "firewall" {
  description = "A web application firewall at CloudFront."
  type        = bool
  default     = false
}

variable "sign_in_prefix" {
  description = "First label of the sign-in pages' address; null is omnigen-<environment>-<account>."
  type        = string
  default     = null
}

variable "tasks" {
  description = "Tasks of the API at least and at most."
  type        = object({ min = number, max = number })
  default     = { min = 1, max = 5 }
}

variable "memory_mb" {
  description = "Memory of functions, where it is to be another than in infra/resources.json."
  type        = map(number)
  default     = {}
}

variable "reserved_concurrency" {
  description = "Concurrency of functions, where it is to be another than in infra/resources.json; -1 reserves none."
  type        = map(number)
  default     = {}
}

variable "webhooks" {
  description = "Have Replicate tell us of finished predictions. On AWS nobody can be woken (docs/adr/0005-legs-on-express.md), so it is only worth it for the record."
  type        = bool
  default     = false
}

variable "tracing" {
  description = "X-Ray for functions and state machine."
  type        = bool
  default     = false
}

variable "log_level" {
  description = "What OmniGen itself logs: debug, info, warning or error."
  type        = string
  default     = "info"

  validation {
    condition     = contains(["debug", "info", "warning", "error"], var.log_level)
    error_message = "log_level must be debug, info, warning or error."
  }
}

variable "log_days" {
  description = "Days for which log lines are kept."
  type        = number
  default     = 30
}

variable "alarm_emails" {
  description = "Who is told of alarms."
  type        = list(string)
  default     = []
}

variable "monthly_budget_usd" {
  description = "Dollars a month above which somebody is told."
  type        = number
  default     = 150
}

variable "permissions_boundary_arn" {
  description = "What no role may exceed; bootstrap makes one."
  type        = string
  default     = null
}

variable "github" {
  description = "Who may deliver: the OIDC provider's ARN and exact subjects of GitHub's tokens."
  type = object({
    provider_arn = string
    subjects     = list(string)
  })
  default = null
}
