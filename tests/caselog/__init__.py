"""The case log, on SQLite and on PostgreSQL."""
