"""Broken preconditions, as exceptions that carry the HTTP status a page answers with.

Expected outcomes are values and never come here. Every message says what happened, what was kept
and what to do, because it reaches a person as it stands.
"""


class TextbankError(Exception):
    """Base of every error we raise on purpose. `status` is the HTTP status of the answer.

    `template` with `{name}` in it is what a page translates; `values` fill it, in any language.
    """

    status = 500

    def __init__(self, template: str, **values: object) -> None:
        self.template, self.values = template, values
        self.message = template.format(**values) if values else template
        super().__init__(self.message)


class InvalidInput(TextbankError):
    """Something a person typed or sent cannot be used; the message names it."""

    status = 422


class NotFound(TextbankError):
    """There is no such thing in this organization."""

    status = 404


class NotAllowed(TextbankError):
    """Who asked may not do this; also a webhook whose signature is wrong."""

    status = 403


class Conflict(TextbankError):
    """The thing exists already, or is in a state that does not allow this."""

    status = 409


class Unavailable(TextbankError):
    """A part we need is away. Nothing was kept; the caller should try again."""

    status = 503


class WrongSetup(TextbankError):
    """The installation is not what it says it is (role, stamp, settings): refuse to start."""

    status = 500


class TooManyTries(TextbankError):
    """Too much of the same in too short a time; waiting helps."""

    status = 429


class SignInNeeded(TextbankError):
    """Nobody is signed in, or not any more."""

    status = 401


class MustWait(NotAllowed):
    """Something comes first: practice, or a captain. Pages lead there."""

    def __init__(self, template: str, where: str, **values: object) -> None:
        self.where = where
        super().__init__(template, **values)
