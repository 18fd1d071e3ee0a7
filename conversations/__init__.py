"""What is said and decided, as pure functions of state, event and facts."""
