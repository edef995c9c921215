"""What the command line tells an operator in one line instead of a traceback."""


class OperatorError(RuntimeError):
    """Something that the operator can mend; the message is one line and says what to do."""
