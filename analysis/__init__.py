"""One file a question: pure functions on released figures."""
