"""Tests of the sample city and the demo."""
