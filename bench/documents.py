"""Invoice PDFs a second, rendered alone in one process."""

import time
from datetime import UTC, datetime

from bench.stack import stack

COUNT = 100


def main() -> None:
    """Prints PDFs a second and milliseconds for each."""
    with stack():
        import django

        django.setup()
        from bench.three_lines import invoice
        from counterfoil.domain.documents.rendering import render_invoice

        document = invoice(datetime(2026, 3, 1, tzinfo=UTC))
        first = time.perf_counter()
        render_invoice(document, locale="en")
        began = time.perf_counter()
        for _ in range(COUNT):
            render_invoice(document, locale="en")
        each = (time.perf_counter() - began) / COUNT
        print(f"first one (fonts, compiler)  {(began - first) * 1000:6.1f} ms")
        print(f"each of {COUNT}                  {each * 1000:6.1f} ms, {1 / each:.0f} a second")
