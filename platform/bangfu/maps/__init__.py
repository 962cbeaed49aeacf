"""The map of an area: unmet needs by town, carers and their reach, the way of a day."""
