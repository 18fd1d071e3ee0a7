"""The steps of the answers and of their desk: screens and what is heard on them."""
