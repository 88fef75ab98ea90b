"""What runs inside the sandbox around submitted code: source files, put together by ``evaluator.programs``."""
