"""The stand-in for Amazon Cognito: ministack's, made durable, with pages for sign-up and forgotten passwords."""
