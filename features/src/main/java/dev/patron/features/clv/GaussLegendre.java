package dev.patron.features.clv;

import org.apache.commons.math3.analysis.integration.gauss.GaussIntegrator;
import org.apache.commons.math3.analysis.integration.gauss.GaussIntegratorFactory;

/** The nodes and weights of a Gauss-Legendre rule on [0, 1]. */
final class GaussLegendre {
  final double[] nodes;
  final double[] weights;

  GaussLegendre(int points) {
    GaussIntegrator rule = new GaussIntegratorFactory().legendre(points, 0, 1);
    nodes = new double[points];
    weights = new double[points];
    for (int i = 0; i < points; i++) {
      nodes[i] = rule.getPoint(i);
      weights[i] = rule.getWeight(i);
    }
  }

  int size() {
    return nodes.length;
  }
}
