"""Money: every move of it in one turn, guarded and sealed in the ledger, on top of the tables."""
