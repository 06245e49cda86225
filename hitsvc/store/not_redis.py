"""What is said of a server that does not speak as Redis does."""


class NotRedis(ConnectionError):
    """What answers there does not keep to Redis' protocol."""
