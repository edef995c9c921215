"""Readers of bank statements: one folder per format, behind the port in `kernel.ports.banks`.

`camt.reader.CamtReader`, `mt940.reader.Mt940Reader`, `ofx.reader.OfxReader`,
`bai2.reader.Bai2Reader` and, where none of these sniffs its own, `delimited.reader.CsvReader`.
Each is a `StatementReader`.
"""
