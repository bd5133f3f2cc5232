provider "aws" {
  region = var.region

  default_tags {
    tags = { Project = "omnigen", Stack = "omnigen-prod", ManagedBy = "terraform" }
  }
}

module "stack" {
  source = "../../modules/stack"

  environment = "prod"
  protected   = true
  zip         = var.zip
  images      = var.images
}
