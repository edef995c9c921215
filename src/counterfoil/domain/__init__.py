"""One Django app per noun: rules and rows, no network, no request."""
