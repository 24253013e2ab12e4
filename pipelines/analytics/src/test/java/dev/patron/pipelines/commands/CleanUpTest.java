package dev.patron.pipelines.commands;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.pipelines.Patron;
import dev.patron.pipelines.console.Console;
import dev.patron.transforms.lake.Commit;
import dev.patron.transforms.lake.DataFile;
import dev.patron.transforms.lake.LakeException;
import dev.patron.transforms.lake.LakeTable;
import dev.patron.transforms.lake.Ledger;
import dev.patron.transforms.lake.WriteFrames;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run under way has written is taken away only where the run can never commit it. */
class CleanUpTest {
  private static final Schema SCHEMA = Schema.of().with("id", Type.LONG);
  private static final String TABLE = "silver/orders";

  private final String warehouse;
  private final Ledger ledger;

  CleanUpTest(@TempDir Path folder) {
    this.warehouse = folder.toString();
    this.ledger = Ledger.of(warehouse);
  }

  private List<Ledger.Change> written(long id) {
    FrameBuilder frame = new FrameBuilder(SCHEMA);
    frame.longs("id").append(id);
    List<DataFile> files = new ArrayList<>();
    try (WriteFrames.Writing writing = WriteFrames.to(LakeTable.at(warehouse, TABLE)).begin()) {
      writing.write(frame.build(), files::add);
      writing.finish(files::add);
    }
    return List.of(new Ledger.Change(TABLE, Commit.append(SCHEMA, files)));
  }

  private void vacuum(String retain) {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(said, true, UTF_8);
    int status =
        new Patron(new Console(out, out, false))
            .run(List.of("vacuum", "--warehouse=" + warehouse, "--retain=" + retain));
    assertThat(status).as(() -> said.toString(UTF_8)).isZero();
  }

  private boolean isWhole() {
    return LakeTable.at(warehouse, TABLE).snapshot().hasItsFiles();
  }

  @Test
  void aRunWhoseFilesMayBeTakenAwayCannotCommitThem() throws InterruptedException {
    long seen = ledger.decide(-1, "refine", written(1));
    List<Ledger.Change> underWay = written(2);
    Thread.sleep(20);
    vacuum("PT0S");
    assertThatThrownBy(() -> ledger.decide(seen, "refine", underWay))
        .isInstanceOfSatisfying(LakeException.class, e -> assertThat(e.isConflict()).isTrue());
    assertThat(isWhole()).isTrue();
  }

  @Test
  void theFirstRunOfAWarehouseKeepsItsFiles() throws InterruptedException {
    List<Ledger.Change> underWay = written(1);
    Thread.sleep(20);
    vacuum("PT0S");
    ledger.decide(-1, "refine", underWay);
    assertThat(isWhole()).isTrue();
  }

  @Test
  void aWeekKeepsNobodyFromCommitting() {
    long seen = ledger.decide(-1, "refine", written(1));
    List<Ledger.Change> underWay = written(2);
    vacuum("P7D");
    assertThatCode(() -> ledger.decide(seen, "refine", underWay)).doesNotThrowAnyException();
    assertThat(isWhole()).isTrue();
  }
}
