"""The first version of the API: one file per resource, and `parts` that several share."""
