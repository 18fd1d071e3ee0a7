"""The newsletter as a domain: what an issue is, its life, its checks, its digest; nothing of screens."""
