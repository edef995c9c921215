"""The one error that callers of the gateway ever see: a status, a stable code and a sentence."""


class GatewayError(Exception):
    """A refusal: nothing was started. `field` names the parameter at fault, if there is one."""

    def __init__(self, status: int, code: str, message: str, field: str | None = None) -> None:
        self.status = status
        self.code = code
        self.message = message
        self.field = field
        super().__init__(message)

    def body(self) -> dict[str, object]:
        """The answer's JSON: `{"error": {code, message, field}}`."""
        return {"error": {"code": self.code, "message": self.message, "field": self.field}}


def invalid(code: str, message: str, field: str) -> GatewayError:
    """A parameter can't be taken: 400."""
    return GatewayError(400, code, message, field)


def not_found(message: str = "There is nothing here.") -> GatewayError:
    """It does not exist, or belongs to another account: 404, never told apart."""
    return GatewayError(404, "not_found", message)
