"""The edges: settings, channels, web, the wiring and the command line."""
