package dev.patron.features.clv;

/**
 * The models as their papers write them, poles, cancellations and all, in forty-eight digits: what
 * the kernels, which are written in quite another way, must agree with.
 */
final class PublishedFormulas {
  private PublishedFormulas() {}

  /** BG/NBD: Fader, Hardie, Lee (2008), Computing P(alive) Using the BG/NBD Model. */
  static double pAlive(BgNbd m, int x, double tx, double tenure) {
    if (x == 0) {
      return 1;
    }
    Precise odds =
        Precise.of(m.a())
            .over(Precise.of(m.b()).plus(x).minus(1))
            .times(growth(m.alpha(), tx, tenure).pow(Precise.of(m.r()).plus(x)));
    return Precise.of(1).over(odds.plus(1)).toDouble();
  }

  /** MBG/NBD: Batislam, Denizel, Filiztekin (2007), as the odds of having dropped out. */
  static double pAlive(MbgNbd m, int x, double tx, double tenure) {
    Precise odds =
        Precise.of(m.a())
            .over(Precise.of(m.b()).plus(x))
            .times(growth(m.alpha(), tx, tenure).pow(Precise.of(m.r()).plus(x)));
    return Precise.of(1).over(odds.plus(1)).toDouble();
  }

  /** (alpha + T) / (alpha + t_x). */
  private static Precise growth(double alpha, double tx, double tenure) {
    return Precise.of(alpha).plus(tenure).over(Precise.of(alpha).plus(tx));
  }

  /** Pareto/NBD: Fader, Hardie (2005), A Note on Deriving the Pareto/NBD Model, equation (20). */
  static double pAlive(ParetoNbd m, int x, double tx, double tenure) {
    Precise shape = Precise.of(m.r()).plus(x);
    Precise all = shape.plus(m.s());
    boolean alphaIsGreater = m.alpha() >= m.beta();
    double greater = Math.max(m.alpha(), m.beta());
    Precise difference = Precise.of(greater).minus(Math.min(m.alpha(), m.beta()));
    Precise second = alphaIsGreater ? Precise.of(m.s()).plus(1) : shape;
    Precise a0 =
        term(all, second, difference, Precise.of(greater).plus(tx))
            .minus(term(all, second, difference, Precise.of(greater).plus(tenure)));
    Precise odds =
        Precise.of(m.s())
            .over(all)
            .times(Precise.of(m.alpha()).plus(tenure).pow(shape))
            .times(Precise.of(m.beta()).plus(tenure).pow(Precise.of(m.s())))
            .times(a0);
    return Precise.of(1).over(odds.plus(1)).toDouble();
  }

  private static Precise term(Precise all, Precise second, Precise difference, Precise time) {
    return Precise.hypergeometric(all, second, all.plus(1), difference.over(time))
        .over(time.pow(all));
  }

  /**
   * BG/NBD: the numerator of equation (10) of Fader, Hardie, Lee (2005). At a = 1 and at a + b + x
   * = 1 it has poles that cancel.
   */
  static double whileAlive(BgNbd m, int x, double tenure, double horizon) {
    Precise a = Precise.of(m.a());
    Precise c = a.plus(m.b()).plus(x).minus(1);
    if (a.minus(1).isZero() || c.isZero()) {
      a = a.plus(Precise.NEXT_TO_NOTHING);
      c = c.plus(Precise.NEXT_TO_NOTHING);
    }
    Precise shape = Precise.of(m.r()).plus(x);
    Precise before = Precise.of(m.alpha()).plus(tenure);
    Precise after = before.plus(horizon);
    Precise bracket =
        Precise.of(1)
            .minus(
                before
                    .over(after)
                    .pow(shape)
                    .times(
                        Precise.hypergeometric(
                            shape, Precise.of(m.b()).plus(x), c, Precise.of(horizon).over(after))));
    return c.over(a.minus(1)).times(bracket).toDouble();
  }

  /** MBG/NBD: the same with one more purchase survived. */
  static double whileAlive(MbgNbd m, int x, double tenure, double horizon) {
    return whileAlive(new BgNbd(m.r(), m.alpha(), m.a(), m.b() + 1), x, tenure, horizon);
  }

  /** Pareto/NBD: equation (41) of the note, but for P(alive). */
  static double whileAlive(ParetoNbd m, int x, double tenure, double horizon) {
    Precise s = Precise.of(m.s());
    Precise exponent = s.minus(1).isZero() ? Precise.NEXT_TO_NOTHING : s.minus(1);
    Precise before = Precise.of(m.beta()).plus(tenure);
    Precise after = before.plus(horizon);
    return Precise.of(m.r())
        .plus(x)
        .over(Precise.of(m.alpha()).plus(tenure))
        .times(before.over(exponent))
        .times(Precise.of(1).minus(before.over(after).pow(exponent)))
        .toDouble();
  }

  static double pAlive(PurchaseModel model, int x, double tx, double tenure) {
    if (model instanceof BgNbd bg) {
      return pAlive(bg, x, tx, tenure);
    } else if (model instanceof MbgNbd mbg) {
      return pAlive(mbg, x, tx, tenure);
    } else if (model instanceof ParetoNbd pareto) {
      return pAlive(pareto, x, tx, tenure);
    }
    return 1;
  }

  static double whileAlive(PurchaseModel model, int x, double tenure, double horizon) {
    if (model instanceof BgNbd bg) {
      return whileAlive(bg, x, tenure, horizon);
    } else if (model instanceof MbgNbd mbg) {
      return whileAlive(mbg, x, tenure, horizon);
    } else if (model instanceof ParetoNbd pareto) {
      return whileAlive(pareto, x, tenure, horizon);
    }
    Nbd nbd = (Nbd) model;
    return (nbd.r() + x) / (nbd.alpha() + tenure) * horizon;
  }
}
