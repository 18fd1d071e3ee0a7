"""When things run: delivery, timers and the clock."""
