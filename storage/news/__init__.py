"""The newsletter's rows: issues and items, readers' wishes, suggestions of the feeds, recipients and runs."""
