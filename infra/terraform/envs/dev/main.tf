provider "aws" {
  region = var.region

  default_tags {
    tags = { Project = "omnigen", Stack = "omnigen-dev", ManagedBy = "terraform" }
  }
}

module "stack" {
  source = "../../modules/stack"

  environment = "dev"
  protected   = false
  zip         = var.zip
  images      = var.images
}
