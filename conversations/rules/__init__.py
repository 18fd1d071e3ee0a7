"""The rules of the domain that need no database."""
