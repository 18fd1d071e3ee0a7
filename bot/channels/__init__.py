"""One adapter per channel, each from provider events to neutral ones and back."""
