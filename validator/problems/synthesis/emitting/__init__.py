"""Programs of ``tree`` in the words of each language."""
