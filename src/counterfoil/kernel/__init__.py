"""Plain Python that every shelf may use: money, ids, time, errors, states and ports."""
