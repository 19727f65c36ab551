"""Data sets to try things with: real ones, shipped with this package or with scikit-learn."""
