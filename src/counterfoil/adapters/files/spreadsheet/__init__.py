"""Workbooks: XLSX, XLS and ODS; the first sheet that has rows."""
