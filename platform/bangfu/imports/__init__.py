"""Lists from files: divisions, organisations, carers, contract lines, households."""
