"""How a calendar is found: arrays, construction, improvement of carers' days, exact answers for the hard ones."""
