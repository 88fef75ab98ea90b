"""Who is registered, who signed what, and what weights they set."""
