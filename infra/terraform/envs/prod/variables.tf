variable "region" {
  description = "AWS region."
  type        = string
  default     = "us-east-1"
}

variable "zip" {
  description = "The zip that `make lambda-zip` makes."
  type        = string
  default     = "../../../../dist/generator-arm64.zip"
}

variable "images" {
  description = "Images by their digests for what is made now: api, composer. Left out, the tag first of their repositories."
  type        = object({ api = optional(string), composer = optional(string) })
  default     = {}
}
