"""The XLSForm questionnaire engine."""
