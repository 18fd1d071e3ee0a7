"""The same ten questions asked by two other frameworks, each as its own manual would have it."""
