"""How a cost grows: the k of the n^k that fits it best."""

from collections.abc import Mapping
from math import log
from statistics import fmean


def exponent(costs: Mapping[int, float]) -> float:
    """The slope of log cost over log size, by least squares; 0 where size does not matter.

    ``costs`` are positive, by size; two sizes at least.
    """
    points = [(log(size), log(cost)) for size, cost in costs.items()]
    middle_x, middle_y = (fmean(axis) for axis in zip(*points, strict=True))
    covariance = sum((x - middle_x) * (y - middle_y) for x, y in points)
    return covariance / sum((x - middle_x) ** 2 for x, _ in points)
