output "load_balancer" {
  description = "The load balancer, as an origin of CloudFront."
  value = {
    arn      = aws_lb.this.arn
    dns_name = aws_lb.this.dns_name
    tls      = local.tls
  }
}

output "metrics" {
  description = "What CloudWatch calls the load balancer and its target group."
  value = {
    suffix       = aws_lb.this.arn_suffix
    target_group = aws_lb_target_group.api.arn_suffix
  }
}

output "ecs" {
  description = "Names of cluster and service."
  value = {
    cluster = aws_ecs_cluster.this.name
    service = aws_ecs_service.api.name
  }
}
