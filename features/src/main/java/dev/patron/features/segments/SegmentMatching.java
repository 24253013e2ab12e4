package dev.patron.features.segments;

import java.util.Arrays;

/**
 * The one-to-one assignment of least total cost: the Hungarian method (Kuhn 1955) by shortest
 * augmenting paths (Jonker, Volgenant 1987), cubic in the number of segments.
 */
final class SegmentMatching {
  private SegmentMatching() {}

  /**
   * Assigns rows to columns.
   *
   * @param cost by row and column, finite; as many rows as columns or fewer
   * @return the column of each row
   */
  static int[] leastCost(double[][] cost) {
    int rows = cost.length;
    int columns = rows == 0 ? 0 : cost[0].length;
    double[] ofRow = new double[rows + 1];
    double[] ofColumn = new double[columns + 1];
    int[] rowOf = new int[columns + 1]; // from 1; 0: free
    for (int row = 1; row <= rows; row++) {
      int[] before = new int[columns + 1];
      double[] shortest = new double[columns + 1];
      Arrays.fill(shortest, Double.POSITIVE_INFINITY);
      boolean[] done = new boolean[columns + 1];
      int column = 0;
      rowOf[0] = row;
      do {
        done[column] = true;
        int at = rowOf[column];
        double least = Double.POSITIVE_INFINITY;
        int next = 0;
        for (int j = 1; j <= columns; j++) {
          if (done[j]) {
            continue;
          }
          double reduced = cost[at - 1][j - 1] - ofRow[at] - ofColumn[j];
          if (reduced < shortest[j]) {
            shortest[j] = reduced;
            before[j] = column;
          }
          if (shortest[j] < least) {
            least = shortest[j];
            next = j;
          }
        }
        for (int j = 0; j <= columns; j++) {
          if (done[j]) {
            ofRow[rowOf[j]] += least;
            ofColumn[j] -= least;
          } else {
            shortest[j] -= least;
          }
        }
        column = next;
      } while (rowOf[column] != 0);
      while (column != 0) {
        rowOf[column] = rowOf[before[column]];
        column = before[column];
      }
    }
    int[] columnOf = new int[rows];
    for (int j = 1; j <= columns; j++) {
      if (rowOf[j] > 0) {
        columnOf[rowOf[j] - 1] = j - 1;
      }
    }
    return columnOf;
  }
}
