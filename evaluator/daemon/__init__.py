"""The evaluator as a service: evaluations are submitted, queued in a database, judged by workers, recorded once."""
