"""One file per conversation; flows never import each other."""
