throw new RangeError("no good");
