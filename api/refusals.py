"""Takes why a person or a program is turned away at the web; gives the errors that say so. Knows no status codes.

`api.errors` maps each to its answer; `matcher` knows none of them.
"""

from __future__ import annotations


class Refused(Exception):
    """Root of the refusals of the web. The message says what was wrong and what to do, and nothing about anyone."""


class NotSignedIn(Refused):
    """No valid sign-in comes with the request: none at all, or one that is broken, too old or revoked."""


class ScreenLocked(NotSignedIn):
    """Nobody used the screen of a counter for a while, or its officer locked it: the password is needed again."""


class SignInFailed(NotSignedIn):
    """Login and secret do not fit. The same words for an unknown login, a wrong secret and a disabled account."""


class NotAllowed(Refused):
    """The account is known, but this is not for its role or not from its own pages."""


class Conflicting(Refused):
    """The request contradicts what is there already."""


class TooMany(Refused):
    """Too many requests or attempts; ``retry_after_seconds`` says when the next one is heard."""

    def __init__(self, message: str, *, retry_after_seconds: float) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class IssuerUnavailable(Refused):
    """The OpenID Connect issuer can not be reached, or what it says is no OpenID Connect."""
