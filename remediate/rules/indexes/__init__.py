"""Rules about indexes that queries need."""
