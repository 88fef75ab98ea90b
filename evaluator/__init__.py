"""From a model's answer to a verdict that its author cannot forge, and from verdicts to pass@k."""
