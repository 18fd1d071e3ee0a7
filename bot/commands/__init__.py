"""The commands of `wis`, one file per subject."""
