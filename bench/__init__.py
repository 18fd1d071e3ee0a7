"""Our speed beside that of others: `python -m bench` runs all loads, `python -m bench w1` one of them."""
