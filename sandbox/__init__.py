"""Compile and run programs in disposable containers, and tell the facts."""
