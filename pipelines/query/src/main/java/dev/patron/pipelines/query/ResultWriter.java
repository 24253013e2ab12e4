package dev.patron.pipelines.query;

import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;

/** A way to write an answer as text. */
interface ResultWriter {
  /** Writes all rows. */
  void write(ResultSet rows, Appendable out) throws SQLException, IOException;
}
