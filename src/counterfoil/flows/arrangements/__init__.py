"""Stories of planned payments: planned, changed, told of, charged on their day, ended."""
