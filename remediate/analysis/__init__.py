"""Questions to a snapshot, answered purely: matching, inference, capacity, causes."""
