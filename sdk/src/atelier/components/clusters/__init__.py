"""Clusters: what finds them (`UntrainedCluster`) and what was found (`TrainedCluster`)."""

from atelier.components.clusters.trained import TrainedCluster, train
from atelier.components.clusters.untrained import UntrainedCluster

__all__ = ["TrainedCluster", "UntrainedCluster", "train"]
