"""How we talk to the outside: values in, values out; no database, no request, no neighbour."""
