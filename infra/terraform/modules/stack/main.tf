# One OmniGen: the other modules, put together. What there is stands in infra/resources.json, which the emulator reads too;
# what the workflow does in pipeline.asl.json. Neither is repeated here.

data "aws_caller_identity" "here" {}

data "aws_partition" "here" {}

data "aws_region" "here" {}

locals {
  root       = "${path.module}/../../../.."
  resources  = jsondecode(file("${local.root}/infra/resources.json"))
  definition = "${local.root}/${local.resources.state_machines.pipeline.definition}"

  name           = "omnigen-${var.environment}"
  secrets_prefix = "omnigen/${var.environment}/"
  metrics        = "OmniGen/${var.environment}"

  account   = data.aws_caller_identity.here.account_id
  partition = data.aws_partition.here.partition
  region    = data.aws_region.here.region

  signed = length(var.signing_keys) > 0

  registry     = "${local.account}.dkr.ecr.${local.region}.amazonaws.com"
  repositories = { for part, name in var.repositories : part => "${local.registry}/${name}" }
  images       = { for part, repository in local.repositories : part => coalesce(var.images[part], "${repository}:first") }

  # What every part is told (src/omnigen/settings.py); Lambda says AWS_REGION itself.
  common = {
    OMNIGEN_PROFILE           = "aws"
    OMNIGEN_LOG_LEVEL         = var.log_level
    OMNIGEN_METRICS_NAMESPACE = local.metrics
    OMNIGEN_JOBS_TABLE        = module.data.tables["jobs"]
    OMNIGEN_USAGE_TABLE       = module.data.tables["usage"]
    OMNIGEN_ASSETS_BUCKET     = module.data.buckets["assets"]
  }
  for_functions = merge(local.common, {
    OMNIGEN_DATA_DIR = "/tmp/omnigen"
  })
  for_api = merge(
    local.common,
    {
      AWS_REGION                            = local.region
      OMNIGEN_HOST                          = "0.0.0.0"
      OMNIGEN_PORT                          = tostring(local.resources.services.api.port)
      OMNIGEN_API_PROCESSES                 = tostring(max(1, floor(local.resources.services.api.cpu / 1024)))
      OMNIGEN_PUBLIC_URL                    = module.edge.url
      OMNIGEN_STATE_MACHINE_ARN             = module.workflow.state_machine_arn
      OMNIGEN_COMPOSER_FUNCTION             = module.workflow.functions["composer"]
      OMNIGEN_OIDC_ISSUER                   = module.identity.issuer
      OMNIGEN_OIDC_JWKS_URL                 = module.identity.jwks_url
      OMNIGEN_OIDC_CLIENT_ID                = module.identity.client_id
      OMNIGEN_COGNITO_USER_POOL_ID          = module.identity.pool_id
      OMNIGEN_REPLICATE_WEBHOOK_SECRET_NAME = var.webhooks ? module.data.secrets["replicate-webhook"] : ""
    },
    local.signed ? {
      OMNIGEN_CDN_URL                = module.edge.url
      OMNIGEN_CDN_KEY_PAIR_ID        = module.edge.key_ids[var.signing_key]
      OMNIGEN_CDN_PRIVATE_KEY_SECRET = module.data.secrets["cdn-private-key"]
    } : {},
  )
}

module "network" {
  source = "../network"

  name               = local.name
  region             = local.region
  nat_per_zone       = var.nat_per_zone
  ecr_endpoints      = var.ecr_endpoints
  flow_log_group_arn = var.flow_logs ? module.observability.log_group_arns["flow"] : null
  flow_log_role_arn  = var.flow_logs ? module.cicd.roles["flow"] : null
}

module "cicd" {
  source = "../cicd"

  name                     = local.name
  place                    = { partition = local.partition, region = local.region, account = local.account }
  secrets_prefix           = local.secrets_prefix
  repositories             = var.repositories
  distribution_id          = module.edge.distribution_id
  flow_logs                = var.flow_logs
  tracing                  = var.tracing
  permissions_boundary_arn = var.permissions_boundary_arn
  github                   = var.github
}

module "data" {
  source = "../data"

  name             = local.name
  account          = local.account
  partition        = local.partition
  secrets_prefix   = local.secrets_prefix
  public_url       = module.edge.url
  distribution_arn = module.edge.distribution_arn
  protected        = var.protected
}

module "identity" {
  source = "../identity"

  name          = local.name
  region        = local.region
  domain_prefix = coalesce(var.sign_in_prefix, "${local.name}-${local.account}")
  sites         = [module.edge.url]
  protected     = var.protected
}

module "workflow" {
  source = "../workflow"

  name                   = local.name
  definition             = local.definition
  roles                  = module.cicd.roles
  vpc_id                 = module.network.vpc_id
  subnet_ids             = module.network.private_subnet_ids
  prefix_lists           = module.network.prefix_lists
  log_groups             = module.observability.log_groups
  pipeline_log_group_arn = module.observability.log_group_arns["pipeline"]
  environment            = local.for_functions
  own_environment = {
    generator = merge(
      {
        OMNIGEN_COMPOSER_FUNCTION      = "${local.name}-composer" # the name, not its attribute: it is made beside this one
        OMNIGEN_REPLICATE_TOKEN_SECRET = module.data.secrets["replicate-token"]
      },
      var.webhooks ? { OMNIGEN_REPLICATE_WEBHOOK_URL = "${module.edge.url}/api/v1/webhooks/replicate" } : {},
    )
    sweeper = {
      OMNIGEN_STATE_MACHINE_ARN = "arn:${local.partition}:states:${local.region}:${local.account}:stateMachine:${local.name}-pipeline"
    }
  }
  zip                  = var.zip
  composer_image       = local.images.composer
  architecture         = var.architecture
  memory_mb            = var.memory_mb
  reserved_concurrency = var.reserved_concurrency
  tracing              = var.tracing
}

module "api" {
  source = "../api"

  name                 = local.name
  region               = local.region
  vpc_id               = module.network.vpc_id
  public_subnet_ids    = module.network.public_subnet_ids
  private_subnet_ids   = module.network.private_subnet_ids
  public_load_balancer = var.public_load_balancer
  origin_secret        = var.origin_secret
  certificate_arn      = var.origin_certificate_arn
  image                = local.images.api
  architecture         = var.architecture
  service              = local.resources.services.api
  tasks                = var.tasks
  execution_role_arn   = module.cicd.roles["execution"]
  task_role_arn        = module.cicd.roles["api"]
  log_group            = module.observability.log_groups["api"]
  environment          = local.for_api
  protected            = var.protected
}

module "edge" {
  source = "../edge"

  name                 = local.name
  region               = local.region
  buckets              = module.data.buckets
  bucket_domains       = module.data.bucket_domains
  load_balancer        = module.api.load_balancer
  public_load_balancer = var.public_load_balancer
  origin_secret        = var.origin_secret
  asset_folders        = local.resources.buckets.assets.read_folders
  signing_keys         = var.signing_keys
  domain               = try(var.domain.name, null)
  certificate_arn      = try(var.domain.certificate_arn, null)
  zone_id              = try(var.domain.zone_id, null)
  price_class          = var.price_class
  firewall             = var.firewall
  identity_origins     = [module.identity.api, module.identity.pages]
  identity = {
    issuer    = module.identity.issuer
    client_id = module.identity.client_id
    pages     = module.identity.pages
    api       = module.identity.api
  }
}

module "observability" {
  source = "../observability"

  name               = local.name
  account            = local.account
  region             = local.region
  partition          = local.partition
  metrics_namespace  = local.metrics
  functions          = local.resources.functions
  tables             = values(module.data.tables)
  state_machine_arn  = module.workflow.state_machine_arn
  load_balancer      = module.api.metrics
  ecs                = module.api.ecs
  dead_letters       = module.workflow.dead_letters
  retention_days     = var.log_days
  flow_logs          = var.flow_logs
  alarm_emails       = var.alarm_emails
  monthly_budget_usd = var.monthly_budget_usd
}

# A mistake in what belongs together is seen in the plan, not by the first user.
check "signing_key" {
  assert {
    condition     = !local.signed || contains(keys(var.signing_keys), coalesce(var.signing_key, "-"))
    error_message = "signing_key must be one of signing_keys."
  }
}
