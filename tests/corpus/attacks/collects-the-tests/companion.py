expected = 42
