"""Jobs, takes, usage, messages and uploads in two DynamoDB tables, shared by all that runs."""

from omnigen.adapters.aws.dynamodb.calls import CONFIG
from omnigen.adapters.aws.dynamodb.jobs import DynamoJobs
from omnigen.adapters.aws.dynamodb.outbox import DynamoOutbox
from omnigen.adapters.aws.dynamodb.rates import DynamoRates
from omnigen.adapters.aws.dynamodb.tables import Tables
from omnigen.adapters.aws.dynamodb.takes import DynamoTakes
from omnigen.adapters.aws.dynamodb.uploads import DynamoUploads
from omnigen.adapters.aws.dynamodb.usage import DynamoUsage

__all__ = [
    "CONFIG",
    "DynamoJobs",
    "DynamoOutbox",
    "DynamoRates",
    "DynamoTakes",
    "DynamoUploads",
    "DynamoUsage",
    "Tables",
]
