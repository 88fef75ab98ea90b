"""What a validator's database looks like."""
