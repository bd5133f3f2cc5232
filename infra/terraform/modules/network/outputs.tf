output "vpc_id" {
  description = "The VPC."
  value       = aws_vpc.this.id
}

output "public_subnet_ids" {
  description = "Subnets with a way in from the internet, one per zone."
  value       = [for zone in local.zones : aws_subnet.public[zone].id]
}

output "private_subnet_ids" {
  description = "Subnets with a way out only, one per zone."
  value       = [for zone in local.zones : aws_subnet.private[zone].id]
}

output "prefix_lists" {
  description = "Prefix lists of the gateway endpoints, by service: security groups name them."
  value       = { for service, endpoint in aws_vpc_endpoint.gateway : service => endpoint.prefix_list_id }
}

output "nat_addresses" {
  description = "Addresses that the outside sees."
  value       = [for address in aws_eip.nat : address.public_ip]
}
