"""The seven kinds of expected trouble; everything else is a bug, caught only to be logged."""

from datetime import timedelta


class Problem(Exception):
    """An expected refusal or failure: a stable code, a plain English message, and its facts."""

    code = "problem"
    message = "This did not work."

    def __init__(
        self, message: str | None = None, *, code: str | None = None, **facts: object
    ) -> None:
        self.code = code or type(self).code
        self.message = message or type(self).message
        self.facts = facts
        super().__init__(self.message)


class NotFound(Problem):
    """It does not exist, or it is not yours: the two are never told apart."""

    code = "not_found"
    message = "There is nothing here."


class Forbidden(Problem):
    """You are known, and your role may not do this."""

    code = "forbidden"
    message = "Your role does not allow this."


class Refused(Problem):
    """A rule said no; nothing was changed."""

    code = "refused"
    message = "This can't be done."


class Conflict(Problem):
    """Something else got there first, or the same key came with another body."""

    code = "conflict"
    message = "This was changed or started by someone else."


class Declined(Problem):
    """The payer's bank said no; `hard` means that trying again with the same method is useless."""

    code = "declined"
    message = "The payment was declined."

    def __init__(
        self, message: str | None = None, *, hard: bool = False, code: str | None = None
    ) -> None:
        super().__init__(message, code=code)
        self.hard = hard


class Unavailable(Problem):
    """The outside world did not take the request: nothing was started, trying again is safe."""

    code = "unavailable"
    message = "A service that is needed can't be reached."

    def __init__(self, message: str | None = None, *, retry_after: timedelta | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Uncertain(Problem):
    """The outcome is unknown: never retried, always resolved by asking."""

    code = "uncertain"
    message = "We do not know yet whether this happened."


class FieldProblem(Refused):
    """One field of the input can't be taken; `field` is its dotted path."""

    code = "invalid"

    def __init__(self, field: str, message: str, *, code: str = "invalid", **facts: object) -> None:
        super().__init__(message, code=code, field=field, **facts)
        self.field = field


class InvalidInput(Refused):
    """Several fields can't be taken; each is told, so that all can be mended at once."""

    code = "invalid"
    message = "Some fields need your attention."

    def __init__(self, problems: list[FieldProblem]) -> None:
        super().__init__()
        self.problems = problems
