"""Figures for leaders: coverage, unmet needs, visits, quality and money by quarter and town, each with its rows."""
