"""What the metric store is measured against: a row per point, as trackers commonly do it, written with care."""
