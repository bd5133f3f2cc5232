"""What can go wrong in a way that the user should read about in one line."""


class EmulatorError(Exception):
    """It can't start or can't go on; the message is the line."""


class SignInError(EmulatorError):
    """The sign-in stand-in refused a user."""
