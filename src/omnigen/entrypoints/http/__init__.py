"""The REST API: routes by noun, their request and response models, one error table, middleware."""
