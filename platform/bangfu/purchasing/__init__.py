"""The yearly purchase list: what to buy, on which evidence, and what came of it."""
