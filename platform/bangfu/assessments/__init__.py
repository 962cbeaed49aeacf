"""Assessments as versioned forms held as data, with the arithmetic of every score."""
