"""The stand-in for Amazon Cognito: ministack's, made durable, with sign-up and password pages."""
