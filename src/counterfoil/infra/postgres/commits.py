"""What became of a COMMIT whose answer was lost: the database itself is asked, by the number of the
transaction."""

import time

from django.db import DataError, InterfaceError, OperationalError, connection

from counterfoil.kernel.errors import Uncertain

_PAUSE_SECONDS = 0.1
_STATUS = "SELECT pg_xact_status(%s::xid8)"


def came_true(number: str, *, deadline: float) -> bool:
    """Whether the transaction with this number was committed (PostgreSQL, 9.28, `pg_xact_status`).

    Waits while it is still in progress there; `Uncertain` if nobody could be asked until
    `deadline` (of `time.monotonic`). A number that the database has not reached yet was lost with
    a server that failed over.
    """
    while True:
        connection.close()
        try:
            with connection.cursor() as cursor:
                cursor.execute(_STATUS, [number])
                status = cursor.fetchone()[0]
        except DataError:
            return False
        except (InterfaceError, OperationalError) as error:
            if time.monotonic() > deadline:
                raise Uncertain("The database went away while it was writing.") from error
        else:
            if status != "in progress":
                return bool(status == "committed")
        time.sleep(_PAUSE_SECONDS)
