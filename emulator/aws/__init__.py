"""The AWS side here: what Terraform sets up there, set up on an emulator."""
