package dev.patron.pipelines.commands;

import dev.patron.features.frame.Column;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Type;
import dev.patron.features.frame.Values;
import dev.patron.features.record.CsvColumn;
import dev.patron.pipelines.console.Console;
import dev.patron.pipelines.console.UsageException;
import dev.patron.pipelines.dataset.Dataset;
import dev.patron.pipelines.options.ForgetOptions;
import dev.patron.pipelines.stages.Features;
import dev.patron.pipelines.stages.Forget;
import dev.patron.transforms.lake.LakeTable;
import dev.patron.transforms.lake.TableScan;
import dev.patron.transforms.lake.TableSnapshot;
import dev.patron.transforms.lake.Warehouse;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** {@code forget}: erases customers from every tier. */
public final class Erasure {
  private static final String CUSTOMER = "customer_id";

  private Erasure() {}

  /** Prints the certificate. */
  public static void run(ForgetOptions options, Console console) throws IOException {
    String customer = options.getCustomer();
    String requests = options.getRequests();
    if ((customer == null) == (requests == null)) {
      throw new UsageException(
          "forget needs either --customer=ID or --requests=TABLE, a CSV file or a Delta table");
    }
    if (customer != null && customer.isBlank()) {
      throw new UsageException("--customer is empty; name a customer");
    }
    Run.checkSilver(options);
    Run.checkHorizon(options);
    Features.check(options.getAsOf());
    try (OpenShop shop = new OpenShop(options, console)) {
      Set<String> identities =
          customer != null ? Set.of(customer) : requested(requests, names(shop.job().dataset()));
      Forget.run(shop.job(), options, identities);
    }
  }

  /** What the column of a table of requests may be called. */
  private static List<String> names(Dataset dataset) {
    Set<String> names = new LinkedHashSet<>();
    if (dataset.purchases() != null) {
      names.add(dataset.purchases().customer());
    }
    names.add(CUSTOMER);
    return List.copyOf(names);
  }

  private static Set<String> requested(String requests, List<String> names) {
    String place = requests.replaceFirst("/+$", "");
    int slash = place.lastIndexOf('/');
    String folder = slash < 0 ? "." : slash == 0 ? "/" : place.substring(0, slash);
    String name = place.substring(slash + 1);
    Warehouse around = Warehouse.at(folder);
    if (!around.exists(name)) {
      throw new UsageException("--requests=" + requests + ": there is no such file or table");
    }
    Set<String> identities =
        around.exists(name + "/_delta_log")
            ? rows(LakeTable.at(folder, name), requests, names)
            : lines(around.readBytes(name), requests, names);
    if (identities.isEmpty()) {
      throw new UsageException("--requests=" + requests + " asks for nobody");
    }
    return identities;
  }

  private static Set<String> lines(byte[] file, String requests, List<String> names) {
    try {
      return new TreeSet<>(CsvColumn.read(file, names));
    } catch (IllegalArgumentException e) {
      throw new UsageException("--requests=" + requests + e.getMessage(), e);
    }
  }

  private static Set<String> rows(LakeTable table, String requests, List<String> names) {
    TableSnapshot snapshot = table.snapshot();
    String column =
        names.stream()
            .filter(snapshot.schema()::has)
            .findFirst()
            .orElseThrow(
                () ->
                    new UsageException(
                        "--requests=%s has no column %s among %s"
                            .formatted(
                                requests, String.join(" or ", names), snapshot.schema().names())));
    Type type = snapshot.schema().type(column);
    Set<String> identities = new TreeSet<>();
    for (Frame frame : TableScan.of(snapshot, List.of(column))) {
      Column values = frame.column(column);
      for (int row = 0; row < frame.rows(); row++) {
        Object value = Values.get(type, values, row);
        if (value != null) {
          identities.add(value.toString());
        }
      }
    }
    return identities;
  }
}
