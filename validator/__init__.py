"""Put problems to miners, judge their answers, and set weights."""
