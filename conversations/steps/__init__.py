"""The steps of the flows, by subject: what a screen shows and what is heard on it; flows put them together."""
