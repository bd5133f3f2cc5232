"""What every request passes, in this order: admission, request id, access log, CORS, body limit; then, under
`/api/v1`, authentication and rate limit.

The first five wrap the whole application, so that an unknown path or a malformed request line meets them too.
"""
