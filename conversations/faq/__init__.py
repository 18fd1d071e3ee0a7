"""Finding the topic that answers a question, and saying how sure we are (docs/why/faq.md)."""
