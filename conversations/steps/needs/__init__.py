"""The steps of the needs questionnaire: screens, hearing, reminders."""
