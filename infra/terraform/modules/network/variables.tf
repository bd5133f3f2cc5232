variable "name" {
  description = "What every name here begins with, such as omnigen-prod."
  type        = string
}

variable "region" {
  description = "AWS region, for the names of the endpoints' services."
  type        = string
}

variable "cidr" {
  description = "Addresses of the VPC."
  type        = string
  default     = "10.0.0.0/16"

  validation {
    condition     = can(cidrnetmask(var.cidr))
    error_message = "cidr must be an IPv4 block such as 10.0.0.0/16."
  }
}

variable "public_cidrs" {
  description = "Addresses of the public subnets, one per availability zone."
  type        = list(string)
  default     = ["10.0.1.0/24", "10.0.2.0/24"]

  validation {
    condition     = length(var.public_cidrs) == 2 && alltrue([for cidr in var.public_cidrs : can(cidrnetmask(cidr))])
    error_message = "public_cidrs must be two IPv4 blocks: a load balancer wants two zones."
  }
}

variable "private_cidrs" {
  description = "Addresses of the private subnets, one per availability zone. The second one costs nothing, and lets tasks start in another zone."
  type        = list(string)
  default     = ["10.0.10.0/24", "10.0.11.0/24"]

  validation {
    condition     = length(var.private_cidrs) == 2 && alltrue([for cidr in var.private_cidrs : can(cidrnetmask(cidr))])
    error_message = "private_cidrs must be two IPv4 blocks."
  }
}

variable "nat_per_zone" {
  description = "One NAT gateway per availability zone instead of one for all: about $33 a month more, and the loss of a zone no longer cuts off the other."
  type        = bool
  default     = false
}

variable "ecr_endpoints" {
  description = "Interface endpoints for ECR. Two endpoints in two zones cost about $29 a month and $0.01 a GB, NAT $0.045 a GB: they pay from some 830 GB a month on, of what is left: the layers of images come by S3's free endpoint anyway."
  type        = bool
  default     = false
}

variable "flow_log_group_arn" {
  description = "Log group for the VPC's flow logs; null keeps none."
  type        = string
  default     = null
}

variable "flow_log_role_arn" {
  description = "Role that writes flow logs; needed where there is a log group for them."
  type        = string
  default     = null
}
