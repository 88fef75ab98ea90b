"""Where a round's problems come from: what is drawn, how it is made, and the proof that it can be used."""
