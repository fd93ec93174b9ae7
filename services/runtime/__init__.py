"""What every process needs; knows nothing of diplomacy."""
