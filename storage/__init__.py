"""Every fact is a row: tables and the plain functions that use them."""
