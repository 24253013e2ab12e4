"""Scores with a Patron model in Python: MLflow's python_function loader of this folder.

Reads model.json beside MLmodel and needs numpy at most; where there is no numpy the same
arithmetic runs on plain lists. Gives what Patron's own kernels give, the ends of the 90 % interval
too: they are drawn from the same generator, seeded by the model's seed and the customer's id.

Loading checks what Patron checks: the schema version, the digest, and that the test vectors come
out as they did when the model was trained.
"""

import datetime
import hashlib
import json
import math
import os
import re
import struct

try:
    import numpy
except ImportError:
    numpy = None

SCHEMA_VERSION = 7
FIRST_WITH_DIGEST = 4
DIGEST = re.compile(r',\n  "digest" : "([0-9a-f]{64})"\n}\n?\Z')
# Java and Python add up alike, but their logarithms differ in the last digits.
SAME = 1e-6
DAYS_PER_WEEK = 7.0
UNKNOWN = -1.0
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
SEASON_HOLDS = datetime.timedelta(days=28)


RESTORE = "restore the file, or train again"


def _read(text):
    """The document of a text that is as it was written; what is wrong is raised."""
    if not text.strip():
        raise ValueError("is empty; " + RESTORE)
    try:
        document = json.loads(text)
    except ValueError as wrong:
        raise ValueError("is not JSON: %s; %s" % (wrong, RESTORE)) from wrong
    version = document["schemaVersion"]
    if not isinstance(version, int) or not 1 <= version <= SCHEMA_VERSION:
        raise ValueError(
            "has schema version %s; this loader reads 1 to %d: take the one of the model's own"
            " folder" % (version, SCHEMA_VERSION)
        )
    if document["name"] not in ("segments", "lifetime"):
        raise ValueError(
            "is of a model '%s'; 'segments' and 'lifetime' are known; %s"
            % (document["name"], RESTORE)
        )
    if version >= FIRST_WITH_DIGEST or "digest" in document:
        # The digest is of the text without it, which stands last: nothing has to be written again.
        written, end = document["digest"], DIGEST.search(text)
        if end is None:
            raise ValueError(
                "was altered since it was written: its digest %s does not stand last, as Patron"
                " writes it; %s" % (written, RESTORE)
            )
        found = hashlib.sha256((text[: end.start()] + "\n}\n").encode("utf-8")).hexdigest()
        if found != written:
            raise ValueError(
                "was altered since it was written: its digest is %s, not %s; %s"
                % (found, written, RESTORE)
            )
    return document


def _same(given, wanted):
    numbers = (int, float)
    if isinstance(given, numbers) and isinstance(wanted, numbers):
        return given == wanted or abs(given - wanted) <= SAME * abs(wanted)
    return given == wanted


def _load_pyfunc(path):
    """What MLflow calls: path is model.json, or a folder that holds it."""
    return PatronModel(path)


class PatronModel:
    """A model of either kind. predict takes a data frame, or a list of rows as dictionaries."""

    def __init__(self, path, horizon_days=None, discount_rate=None, seed=None):
        if os.path.isdir(path):
            path = os.path.join(path, "model.json")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        try:
            self.document = _read(text)
            self._prove()
            training = self.document["training"]
            self.horizon_days = training["horizonDays"] if horizon_days is None else horizon_days
            self.discount_rate = (
                training["discountRate"] if discount_rate is None else discount_rate
            )
            self.seed = training["seed"] if seed is None else seed
        except KeyError as missing:
            raise ValueError("%s lacks %s; %s" % (path, missing, RESTORE)) from missing
        except ValueError as wrong:
            raise ValueError("%s %s" % (path, wrong)) from wrong

    def _prove(self):
        """That the test vectors come out, which are all that shows what a document was."""
        vectors = self.document["testVectors"]
        if not vectors:
            raise ValueError(
                "has no test vectors, so that nothing shows whether it scores as it did when it was"
                " trained; " + RESTORE
            )
        for number, vector in enumerate(vectors, 1):
            settings = vector["settings"]
            self.horizon_days = settings.get("horizonDays")
            self.discount_rate = settings.get("discountRate")
            self.seed = settings.get("seed")
            scored = self.predict([vector["inputs"]])[0]
            for name, given in scored.items():
                wanted = vector["outputs"][name]
                if not _same(given, wanted):
                    raise ValueError(
                        "does not score as it did when it was trained: test vector %d gives %s %s,"
                        " not %s; %s" % (number, name, given, wanted, RESTORE)
                    )

    def _refinement(self, row):
        """What is known of a season is known of the window of the training alone."""
        refinement = self.document["parameters"].get("refinement")
        training = self.document["training"]
        if refinement is None or (
            self.horizon_days == training["horizonDays"]
            and abs(_instant(row.get("as_of"), training) - _instant(None, training)) <= SEASON_HOLDS
        ):
            return refinement
        changed = {name: part for name, part in refinement.items() if name != "inSeason"}
        for part in ("purchases", "spend"):
            changed[part] = dict(refinement[part], season=1.0)
        if "interval" in refinement:
            changed["interval"] = dict(refinement["interval"], pace=1.0)
        return changed

    def predict(self, context_or_rows, model_input=None, params=None):
        rows = context_or_rows if model_input is None else model_input
        frame = hasattr(rows, "to_dict")
        if frame:
            index = rows.index
            rows = rows.to_dict("records")
        rows = [{name: _plain(value) for name, value in row.items()} for row in rows]
        missing = [i["name"] for i in self.document["inputs"] if rows and i["name"] not in rows[0]]
        if missing:
            raise ValueError("the model reads %s, which is missing" % ", ".join(missing))
        if self.document["name"] == "segments":
            scored = [self._segment(row) for row in rows]
        else:
            scored = [self._lifetime(row) for row in rows]
        if frame:
            import pandas

            return pandas.DataFrame(scored, index=index)
        return scored

    # Segments: the nearest centroid of z-scores of ln(1 + v).

    def _segment(self, row):
        parameters = self.document["parameters"]
        point = []
        for i, name in enumerate(["recency_days", "frequency", "monetary"]):
            value = row[name]
            if value is None:
                return {"segment_id": None, "segment": None}
            deviation = parameters["standardDeviations"][i] or 1.0
            point.append((math.log1p(max(0.0, float(value))) - parameters["means"][i]) / deviation)
        segments = parameters["segments"]
        centroids = [segment["centroid"] for segment in segments]
        if numpy is not None:
            nearest = int(((numpy.array(centroids) - numpy.array(point)) ** 2).sum(axis=1).argmin())
        else:
            distances = [sum((a - b) ** 2 for a, b in zip(c, point)) for c in centroids]
            nearest = distances.index(min(distances))
        return {"segment_id": segments[nearest]["id"], "segment": segments[nearest]["name"]}

    # Lifetime value: the probabilistic model, and what trees change about it.

    def _lifetime(self, row):
        names = ["p_alive", "expected_purchases", "expected_amount"]
        names += ["cltv", "cltv_low", "cltv_high"]
        parameters = self.document["parameters"]
        model = parameters["purchases"]
        days = (row["repeat_purchases"], row["repeat_recency_days"], row["tenure_days"])
        if model is None or None in days:
            return dict.fromkeys(names)
        x, tx, tenure = days[0], days[1] / DAYS_PER_WEEK, days[2] / DAYS_PER_WEEK
        refinement, by_calendar = self._refinement(row), (model, tx, tenure)
        in_season = (refinement or {}).get("inSeason")
        if in_season is not None:
            model = in_season["purchases"]
            tx, tenure = self._by_clock(in_season, row)
        alive = _p_alive(model, x, tx, tenure)
        ends, discounts = self._months()
        ahead = [_while_alive(model, x, tenure, end) for end in ends]
        discounted = discounts[-1] * ahead[-1]
        if self.discount_rate > 0:
            for i in range(len(ends) - 1):
                discounted += (discounts[i] - discounts[i + 1]) * ahead[i]
        plain = alive * ahead[-1]
        amount = _amount(parameters["amounts"], row)
        purchases, spend = plain, None if amount is None else plain * amount
        value, low, high = None, None, None
        interval = (refinement or {}).get("interval", {"pace": 1.0, "width": 1.0})
        if amount is not None:
            value = alive * discounted * amount
            discount = discounted / ahead[-1] if ahead[-1] > 0 else 1.0
            at_most = _at_most(model, x, tenure, interval["pace"] * ends[-1])
            low, high = _interval(
                alive, at_most, _spending(parameters["amounts"], row), _seed(self.seed, row)
            )
            low, high = discount * low, discount * high
        if refinement is not None:
            purchases, spend = self._refine(
                refinement, model, row, (x, tenure, alive, ahead[-1], amount or 0.0), by_calendar
            )
            if amount is not None:
                before = plain * amount
                stretch = spend / before if before > 0 else 1.0
                value, drawn, width = stretch * value, stretch / interval["pace"], interval["width"]
                low, high = drawn * low, drawn * high
                if width >= 1 or interval.get("crosses", True):
                    low, high = low / width, high * width
                else:
                    middle = max(low, min(value, high))
                    high = middle + width * (high - middle)
                if purchases > 0:
                    amount = _near(refinement, amount, spend / purchases)
        return dict(zip(names, (alive, purchases, amount, value, low, high)))

    def _months(self):
        months = self.horizon_days * 12 / 365.0
        whole = int(months)
        periods = whole + 1 if months > whole else whole
        ends, discounts = [], []
        for i in range(periods):
            last = i + 1 == periods
            end = months if last else i + 1
            ends.append(
                self.horizon_days / DAYS_PER_WEEK if last else end * 365.0 / 12 / DAYS_PER_WEEK
            )
            discounts.append(math.exp(-end * math.log1p(self.discount_rate)))
        return ends, discounts

    def _by_clock(self, in_season, row):
        """The times of a customer by the clock of a shop with seasons, in weeks of whole days."""
        training = self.document["training"]
        later = _instant(row.get("as_of"), training) - _instant(None, training)
        later = math.floor(later // datetime.timedelta(seconds=1) / 86400.0 + 0.5)
        found_on = datetime.date.fromisoformat(in_season["foundOn"]).toordinal()
        clock = _YearClock(found_on, in_season["windowDays"], in_season["paces"])
        as_of = found_on + later
        now, to_last = clock.at(as_of), int(row["repeat_recency_days"])
        first = as_of - int(row["tenure_days"])
        start, recency = clock.at(first) - now, 0
        if to_last > 0:
            recency = max(1, math.floor(clock.at(first + to_last) - now - start + 0.5))
        tenure = max(recency, math.floor(-start + 0.5))
        return recency / DAYS_PER_WEEK, tenure / DAYS_PER_WEEK

    def _refine(self, refinement, model, row, known, by_calendar):
        x, tenure, alive, ahead, amount = known
        trees = refinement["trees"]
        by_trees = (0.0, 0.0)
        if trees is not None:
            within = _while_alive(model, x, tenure, trees["windowDays"] / DAYS_PER_WEEK)
            expected = alive * within
            seen, looked_at = alive, expected
            if "inSeason" in refinement:
                plain, tx, since = by_calendar
                seen = _p_alive(plain, x, tx, since)
                window = trees["windowDays"] / DAYS_PER_WEEK
                looked_at = seen * _while_alive(plain, x, since, window)
            inputs = _inputs(row, trees["inputs"], seen, looked_at, amount)
            bounded = min(max(expected, 1e-6), 500.0)
            if_any = math.log(bounded / -math.expm1(-bounded))
            odds = math.log(math.expm1(bounded)) + _sum(trees["buys"], inputs)
            probability = 1 / (1 + _exp(-odds))
            extension = ahead / within if within > 0 else 1.0
            count = _exp(if_any + _sum(trees["purchases"], inputs))
            money = _exp(
                if_any + math.log(max(amount, 1e-9)) + _sum(trees["spend"], inputs)
            )
            by_trees = (probability * count * extension, probability * money * extension)
        plain = (alive * ahead, alive * ahead * amount)
        blended = []
        for part, probabilistic, tree in zip(
            (refinement["purchases"], refinement["spend"]), plain, by_trees
        ):
            weight = part["weight"]
            blended.append(
                part.get("mix", 1.0)
                * part["season"]
                * ((1 - weight) * probabilistic + weight * part["level"] * tree)
            )
        return blended


class _YearClock:
    """Runs at another pace in each period of the year; days are those of datetime's ordinals."""

    def __init__(self, found_on, window_days, paces):
        self.found_on, self.paces, self.passed = found_on, paces, [0.0]
        window = min(window_days, 365)
        rest = 365 - window
        of_window, of_rest = (max(1, math.floor(days / 28 + 0.5)) for days in (window, rest))
        self.periods = []
        for day in range(365):
            within = day * of_window // window if day < window else None
            period = of_window + (day - window) * of_rest // rest if within is None else within
            self.periods.append(period)
            self.passed.append(self.passed[-1] + paces[period])

    def at(self, day):
        """The days by this clock since it was found."""
        found = _without_leap_days(self.found_on)
        since = _without_leap_days(day) - found
        leap_days = day - self.found_on - since
        before_leap_day = self.periods[(58 - 1 - found) % 365]
        return (
            since // 365 * self.passed[365]
            + self.passed[since % 365]
            + leap_days * self.paces[before_leap_day]
        )


def _without_leap_days(day):
    """A number of a day that is 365 more each year: a leap day has that of the day before."""
    date = datetime.date.fromordinal(day)
    of_year = date.timetuple().tm_yday - 1
    leap = date.year % 4 == 0 and (date.year % 100 != 0 or date.year % 400 == 0)
    return 365 * date.year + (of_year - 1 if leap and of_year > 58 else of_year)


def _instant(as_of, training):
    """When the window of a row begins; where the row does not say, that of the training."""
    if as_of is None:
        as_of = training["asOf"]
    if hasattr(as_of, "to_pydatetime"):
        as_of = as_of.to_pydatetime()
    elif isinstance(as_of, str):
        text = as_of.strip().replace(" ", "T").replace("Z", "+00:00")
        as_of = datetime.datetime.fromisoformat(text)
    elif isinstance(as_of, int):
        as_of = EPOCH + datetime.timedelta(microseconds=as_of)
    return as_of if as_of.tzinfo else as_of.replace(tzinfo=datetime.timezone.utc)


def _plain(value):
    """A number of whatever library as Python has it; NaN and its like are None."""
    if value is None or isinstance(value, str):
        return value
    if type(value).__name__ == "datetime64":
        value = value.astype("datetime64[us]")
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, (int, str, datetime.date)) or value is None:
        # A time that is not one, as pandas has it, does not equal itself.
        return value if value == value else None
    value = float(value)
    return None if math.isnan(value) else value


def _exp(power):
    """e^power; infinite beyond what a float holds, as it is in Java, where Python raises."""
    return math.inf if power > 709.78 else math.exp(power)


def _near(refinement, amount, ratio):
    """The amount of a purchase: spend by purchases, near what the model of money says."""
    within = refinement.get("amountWithin", math.inf)
    if within == math.inf:
        return ratio
    spend, purchases = refinement["spend"], refinement["purchases"]
    changed = spend["season"] * spend.get("mix", 1.0)
    middle = amount * changed / (purchases["season"] * purchases.get("mix", 1.0))
    return max(middle / within, min(ratio, middle * within))


def _amount(model, row):
    if model is None:
        return None
    if model["kind"] == "equal-amounts":
        return model["amount"]
    all_days = model["kind"] == "gamma-gamma-all-days"
    days = row["paid_days" if all_days else "repeat_paid_days"] or 0
    mean = row["paid_mean_amount" if all_days else "repeat_mean_amount"] or 0.0
    p, q, gamma = model["p"], model["q"], model["gamma"]
    return p * (gamma + days * mean) / (p * days + q - 1)


def _p_alive(model, x, tx, tenure):
    kind = model["kind"]
    if kind == "nbd" or (kind == "bg-nbd" and x == 0):
        return 1.0
    r, alpha = model["r"], model["alpha"]
    gone = math.log1p((tenure - tx) / (alpha + tx))
    if kind in ("bg-nbd", "mbg-nbd"):
        a, b = model["a"], model["b"]
        before = b + x - 1 if kind == "bg-nbd" else b + x
        return 1 / (1 + _exp(math.log(a / before) + (r + x) * gone))
    s, beta = model["s"], model["beta"]
    stayed = math.exp(-(r + x) * gone - s * math.log1p((tenure - tx) / (beta + tx)))
    return stayed / (stayed + _left(r + x, alpha + tx, s, beta + tx, gone))


_NODES = (0.9602898564975363, 0.7966664774136267, 0.5255324099163290, 0.1834346424956498)
_WEIGHTS = (0.1012285362903763, 0.2223810344533745, 0.3137066458778873, 0.3626837833783620)


def _left(shape, alpha, s, beta, gone):
    """Pareto/NBD's integral over the time of leaving, in v with e^-v the chance of no purchase."""
    end, panels, total = shape * gone, 64, 0.0
    for panel in range(panels):
        middle, half = (panel + 0.5) * end / panels, 0.5 * end / panels
        for node, weight in zip(_NODES, _WEIGHTS):
            for sign in (-1, 1):
                v = middle + sign * node * half
                years = alpha * math.expm1(v / shape)
                total += (
                    weight
                    * half
                    * math.exp(-v + v / shape - (s + 1) * math.log1p(years / beta))
                )
    return total * s / beta * alpha / shape


def _while_alive(model, x, tenure, horizon):
    """The expected purchases of a customer who is still one."""
    kind, r, alpha = model["kind"], model["r"], model["alpha"]
    if kind == "nbd":
        return (r + x) / (alpha + tenure) * horizon
    if kind == "pareto-nbd":
        s, scale = model["s"], model["beta"] + tenure
        log = math.log1p(horizon / scale)
        y = (s - 1) * log
        phi = 1 - y / 2 if abs(y) < 1e-9 else -math.expm1(-y) / y
        return (r + x) / (alpha + tenure) * scale * log * phi
    a, second = model["a"], model["b"] + x + (1 if kind == "mbg-nbd" else 0)
    weeks = alpha + tenure
    # The mean over the chance p of dropping out, beta (a, b + x): trapezoids in ln(p / (1 - p)).
    step = min(0.25, 0.6 * math.sqrt(1 / a + 1 / second))
    mode, sums, peak = math.log(a / second), [0.0, 0.0], 0.0
    top = a * -math.log1p(math.exp(-mode)) - second * math.log1p(math.exp(mode))
    for direction in (1, -1):
        i = 0 if direction > 0 else 1
        while True:
            v = mode + direction * i * step
            log_p = -math.log1p(math.exp(-v)) if v > -700 else v
            log_rest = -math.log1p(math.exp(v)) if v < 700 else -v
            weight = math.exp(a * log_p + second * log_rest - top)
            p = math.exp(log_p)
            if p < 1e-300:
                bought = (r + x) * horizon / weeks
            else:
                bought = -math.expm1(-(r + x) * math.log1p(p * horizon / weeks)) / p
            part = weight * bought
            sums[0] += part
            sums[1] += weight
            peak = max(peak, part)
            if part < 1e-18 * peak and part <= 1e-18 * sums[0]:
                break
            i += 1
    return sums[0] / sums[1]


# The interval: numbers of purchases drawn systematically from their distribution, and amounts.

_DRAWS, _LOW, _HIGH = 256, 0.05, 0.95
_ENOUGH, _MOST = 1 - 1e-6, 100_000
_MASK = 0xFFFFFFFFFFFFFFFF


def _interval(alive, at_most, spending, seed):
    """The 5 % and the 95 % quantile of what a customer spends, without discount."""
    random = _Random(seed)
    gone, offset, zeros, purchases, spent = 1 - alive, random.uniform(), 0, 0, []
    for i in range(_DRAWS):
        u = (i + offset) / _DRAWS
        while purchases < len(at_most) - 1 and u >= gone + alive * at_most[purchases]:
            purchases += 1
        if purchases == 0:
            zeros += 1
        elif zeros >= _HIGH * _DRAWS:
            break
        else:
            spent.append(spending(purchases, random))
    draws = [0.0] * zeros + sorted(spent)
    ends = []
    for share in (_LOW, _HIGH):
        at = math.ceil(share * _DRAWS) - 1
        ends.append(0.0 if at < zeros else draws[at])
    return ends


def _at_most(model, x, tenure, horizon):
    """P(at most n purchases) for n = 0, 1, ... of a customer who is still one."""
    kind, shape, weeks = model["kind"], model["r"] + x, model["alpha"] + tenure
    if kind == "pareto-nbd":
        return _at_most_while_staying(model["s"], model["beta"] + tenure, shape, weeks, horizon)
    a, second = 0.0, 1.0
    if kind != "nbd":
        a, second = model["a"], model["b"] + x + (1 if kind == "mbg-nbd" else 0)
    counts = _negative_binomial(shape, weeks, horizon)
    at_most, below, stayed, n = [], 0.0, 1.0, 0
    while True:
        below += next(counts)
        cumulative = 1 - max(0.0, 1 - below) * stayed
        at_most.append(max(at_most[-1], cumulative) if at_most else cumulative)
        if at_most[-1] >= _ENOUGH or n == _MOST:
            return at_most
        stayed *= (second + n) / (a + second + n) if a > 0 else 1.0
        n += 1


def _at_most_while_staying(s, scale, shape, weeks, horizon):
    """Pareto/NBD: over the time of leaving, in the logarithm of 1 + time / (beta + T)."""
    end, panels = math.log1p(horizon / scale), 48
    weights = [math.exp(-s * end)]
    counts = [_negative_binomial(shape, weeks, horizon)]
    for panel in range(panels):
        middle, half = (panel + 0.5) * end / panels, 0.5 * end / panels
        for node, weight in zip(_NODES, _WEIGHTS):
            for sign in (-1, 1):
                u = middle + sign * node * half
                weights.append(weight * half * s * math.exp(-s * u))
                counts.append(_negative_binomial(shape, weeks, scale * math.expm1(u)))
    total, below, at_most = sum(weights), 0.0, []
    while not at_most or (at_most[-1] < _ENOUGH and len(at_most) <= _MOST):
        below += sum(weight * next(count) for weight, count in zip(weights, counts))
        at_most.append(min(1.0, below / total))
    return at_most


def _negative_binomial(shape, rate_weeks, weeks):
    """The probabilities of 0, 1, 2 ... purchases in some weeks."""
    share, log, n = weeks / (rate_weeks + weeks), -shape * math.log1p(weeks / rate_weeks), 0
    while True:
        yield math.exp(log)
        log += math.log((shape + n) / (n + 1) * share) if share > 0 else -math.inf
        n += 1


def _spending(model, row):
    """What draws the amount of so many purchases of one customer."""
    if model["kind"] == "equal-amounts":
        return lambda purchases, random: purchases * model["amount"]
    all_days = model["kind"] == "gamma-gamma-all-days"
    days = row["paid_days" if all_days else "repeat_paid_days"] or 0
    mean = row["paid_mean_amount" if all_days else "repeat_mean_amount"] or 0.0
    p, shape, scale = model["p"], model["p"] * days + model["q"], model["gamma"] + days * mean
    return lambda purchases, random: scale * random.gamma(p * purchases) / random.gamma(shape)


def _seed(seed, row):
    """The seed of one customer: MurmurHash3 (x64, 128 bits, first half) of seed and id."""
    customer, data = row["customer_id"], struct.pack(">Q", seed & _MASK ^ 1 << 63)
    if customer is None:
        data += b"\0"
    elif isinstance(customer, str):
        text = customer.encode("utf-8")
        data += b"\1" + struct.pack(">Q", len(text) ^ 1 << 63) + text
    else:
        data += b"\1" + struct.pack(">Q", customer & _MASK ^ 1 << 63)
    return _murmur3(data)


def _murmur3(data):
    c1, c2 = 0x87C37B91114253D5, 0x4CF5AD432745937F
    h1 = h2 = 0
    whole = len(data) // 16 * 16
    for at in range(0, whole, 16):
        k1, k2 = struct.unpack_from("<QQ", data, at)
        h1 ^= _rotated(k1 * c1 & _MASK, 31) * c2 & _MASK
        h1 = (_rotated(h1, 27) + h2) * 5 + 0x52DCE729 & _MASK
        h2 ^= _rotated(k2 * c2 & _MASK, 33) * c1 & _MASK
        h2 = (_rotated(h2, 31) + h1) * 5 + 0x38495AB5 & _MASK
    k1, k2 = struct.unpack("<QQ", data[whole:].ljust(16, b"\0"))
    h2 ^= _rotated(k2 * c2 & _MASK, 33) * c1 & _MASK
    h1 ^= _rotated(k1 * c1 & _MASK, 31) * c2 & _MASK
    h1 ^= len(data)
    h2 ^= len(data)
    h1 = h1 + h2 & _MASK
    h2 = h2 + h1 & _MASK
    return _mixed(h1) + _mixed(h2) & _MASK


def _rotated(value, bits):
    return (value << bits | value >> 64 - bits) & _MASK


def _mixed(h):
    h = (h ^ h >> 33) * 0xFF51AFD7ED558CCD & _MASK
    h = (h ^ h >> 33) * 0xC4CEB9FE1A85EC53 & _MASK
    return h ^ h >> 33


class _Random:
    """SplitMix64; normal variates by Marsaglia's polar method, gamma by Marsaglia and Tsang."""

    def __init__(self, seed):
        self.state = seed
        self.spare = None

    def uniform(self):
        self.state = self.state + 0x9E3779B97F4A7C15 & _MASK
        z = self.state
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & _MASK
        z = (z ^ z >> 27) * 0x94D049BB133111EB & _MASK
        return (((z ^ z >> 31) >> 11) + 0.5) * 2.0**-53

    def normal(self):
        if self.spare is not None:
            normal, self.spare = self.spare, None
            return normal
        while True:
            u, v = 2 * self.uniform() - 1, 2 * self.uniform() - 1
            square = u * u + v * v
            if 0 < square < 1:
                factor = math.sqrt(-2 * math.log(square) / square)
                self.spare = v * factor
                return u * factor

    def gamma(self, shape):
        if shape < 1:
            return self.gamma(shape + 1) * self.uniform() ** (1 / shape)
        d = shape - 1.0 / 3
        c = 1 / (3 * math.sqrt(d))
        while True:
            normal = self.normal()
            root = 1 + c * normal
            if root <= 0:
                continue
            v, u, square = root * root * root, self.uniform(), normal * normal
            if u < 1 - 0.0331 * square * square or math.log(u) < 0.5 * square + d * (
                1 - v + math.log(v)
            ):
                return d * v


def _inputs(row, names, alive, purchases, amount):
    """What the trees look at, in their order."""
    repeats, recency = row["repeat_purchases"], row["recency_days"]
    gap = row["repeat_recency_days"] / repeats if repeats > 0 else UNKNOWN
    made = {
        "recency_share": recency / (row["tenure_days"] + 1.0),
        "mean_gap_days": gap,
        "overdue": recency / (gap + 1) if repeats > 0 else UNKNOWN,
        "p_alive": alive,
        "expected_purchases": purchases,
        "expected_amount": amount,
    }
    values = [made[name] if name in made else row[name] for name in names]
    return [UNKNOWN if value is None else float(value) for value in values]


def _sum(trees, inputs):
    total = trees["intercept"]
    for tree in trees["trees"]:
        node = tree["root"]
        while len(node) == 4:
            node = node[2] if inputs[node[0]] <= node[1] else node[3]
        total += trees["shrinkage"] * node[0]
    return total
