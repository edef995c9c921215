"""Many visitors at once, each with a session of a business or none: run as a program of its own.

Reads `{"visitors": [{"host", "cookies", "path"}], "rounds": N}` and writes, for each visitor, the
states and bodies that came: `[[[status, body], ...], ...]`.
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def main() -> None:
    """Visits in turns, on eight threads with a connection each."""
    import django

    django.setup()
    from django.db import connection
    from django.test import Client

    asked = json.load(sys.stdin)
    visitors = asked["visitors"]

    def visit(number: int) -> tuple[int, str]:
        one = visitors[number % len(visitors)]
        browser = Client(
            headers={"host": one["host"], "accept-language": "en"}, raise_request_exception=False
        )
        browser.cookies.load(one["cookies"])
        answer: Any = browser.get(one["path"], secure=True)
        return answer.status_code, answer.content.decode()

    def work(first: int) -> list[tuple[int, tuple[int, str]]]:
        total = asked["rounds"] * len(visitors)
        made = [(number, visit(number)) for number in range(first, total, 8)]
        connection.close()
        return made

    found: list[list[tuple[int, str]]] = [[] for _ in visitors]
    with ThreadPoolExecutor(8) as threads:
        for made in threads.map(work, range(8)):
            for number, answer in made:
                found[number % len(visitors)].append(answer)
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
