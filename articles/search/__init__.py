"""The readers' search, on an index of its own that answers alike on SQLite and PostgreSQL (docs/adr/0008)."""
