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
  description = "Images by their digests: api, composer."
  type        = object({ api = string, composer = string })
}
