// Reads the packed answers of the studio: a JSON header, then columns of floats that are used as they lie in memory.

const MAGIC = 0x314c5441; // "ATL1", little-endian
const HEAD = 8;

export function unpack(buffer) {
  const view = new DataView(buffer);
  if (buffer.byteLength < HEAD || view.getUint32(0, true) !== MAGIC) throw new Error("The answer is not a set of lines.");
  const size = view.getUint32(4, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, HEAD, size)));
  return { header, base: HEAD + size, buffer };
}

// The lines of an answer. Equal columns are written once, so lines may share one: they are never changed in place.
export function linesOf({ header, base, buffer }) {
  const wide = (at, count) => new Float64Array(buffer, base + at, count);
  const narrow = (at, count) => new Float32Array(buffer, base + at, count);
  return header.series.map(([run, key, n, x, step, last, low, high, isWide, points, odd, summary]) => {
    const values = isWide ? wide : narrow;
    return {
      run: header.runs[run],
      key,
      xs: wide(x, n),
      steps: wide(step, n),
      ys: values(last, n),
      low: low < 0 ? null : values(low, n),
      high: high < 0 ? null : values(high, n),
      points,
      odd: odd && { nan: odd[0], above: odd[1], below: odd[2] },
      summary: summary && summaryOf(summary),
    };
  });
}

export function bandsOf({ header, base, buffer }) {
  const wide = (at, count) => new Float64Array(buffer, base + at, count);
  return header.bands.map(([key, group, n, x, middle, low, high, counts, points]) => ({
    group,
    key,
    xs: wide(x, n),
    steps: wide(x, n),
    ys: wide(middle, n),
    low: wide(low, n),
    high: wide(high, n),
    counts: wide(counts, n),
    points,
    odd: null,
    summary: null,
  }));
}

function summaryOf([count, last, min, max, lastStep, nans, infs, goal]) {
  return { count, last, min, max, last_step: lastStep, nan_count: nans, inf_count: infs, goal };
}
